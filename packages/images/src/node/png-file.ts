import { NextscaleError } from "@nextscale/engine";
import { convertIndexedToRgb, decode, type DecodedPng } from "fast-png";
import { checkPng } from "./png-chunks.js";

/** A decoded image: [height, width, channels], row-major, 0 to 255. */
export interface RasterImage {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Decodes a PNG image of any kind to 8-bit grey or RGB. 16-bit samples are rounded, shallow ones scaled to the full
 * range, palettes looked up. An alpha channel is dropped when it is opaque everywhere and refused otherwise, since what
 * a transparent pixel looks like is not in the file.
 *
 * @param file the file's name, for messages
 * @throws NextscaleError `invalid-file`
 */
export function readPng(bytes: Uint8Array, file = "the file"): RasterImage {
  const { essential, width, height, depth } = checkPng(bytes, file);
  let png: DecodedPng;
  let samples: Uint8Array;
  try {
    png = decode(essential, { checkCrc: true });
    samples = png.palette === undefined ? toBytes(png.data, png.channels * width, depth) : convertIndexedToRgb(png);
  } catch (error) {
    const fix = "the file is damaged: fetch or save it again";
    throw invalid(file, "a PNG image that decodes", (error as Error).message, fix, error);
  }
  const channels = samples.length / (width * height);
  if (png.transparency !== undefined) throw transparent(file);
  if (channels === 1 || channels === 3) return { data: samples, height, width, channels };
  return { data: dropOpaqueAlpha(samples, channels, file), height, width, channels: channels === 2 ? 1 : 3 };
}

/** Samples of any depth as bytes; rows of shallow ones start on a whole byte. */
function toBytes(data: Uint8Array | Uint8ClampedArray | Uint16Array, samplesPerRow: number, depth: number): Uint8Array {
  if (depth === 8) return Uint8Array.from(data);
  if (depth === 16) return Uint8Array.from(data, (sample) => Math.round(sample / 257));
  const bytesPerRow = Math.ceil((samplesPerRow * depth) / 8);
  const samples = new Uint8Array((data.length / bytesPerRow) * samplesPerRow);
  const most = 2 ** depth - 1;
  for (let index = 0; index < samples.length; index++) {
    const bit = (index % samplesPerRow) * depth;
    const byte = data[Math.floor(index / samplesPerRow) * bytesPerRow + (bit >>> 3)]!;
    samples[index] = (((byte >>> (8 - depth - (bit & 7))) & most) * 255) / most;
  }
  return samples;
}

function dropOpaqueAlpha(samples: Uint8Array, channels: number, file: string): Uint8Array {
  const colours = channels - 1;
  const opaque = new Uint8Array((samples.length / channels) * colours);
  for (let pixel = 0; pixel * channels < samples.length; pixel++) {
    if (samples[pixel * channels + colours] !== 255) throw transparent(file);
    for (let colour = 0; colour < colours; colour++) {
      opaque[pixel * colours + colour] = samples[pixel * channels + colour]!;
    }
  }
  return opaque;
}

function transparent(file: string): NextscaleError {
  return invalid(
    file,
    "an opaque image",
    "transparent pixels",
    "flatten the image onto a background and save it again",
  );
}

function invalid(file: string, expected: string, got: string, fix: string, cause?: unknown): NextscaleError {
  return new NextscaleError({ code: "invalid-file", where: `images/readPng: ${file}`, expected, got, fix, cause });
}
