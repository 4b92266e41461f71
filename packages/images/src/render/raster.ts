import { NextscaleError } from "@nextscale/engine";

/** An image to draw: [height, width, channels], row-major; bytes, or floats from 0 (black) to 1. */
export interface DrawableImage {
  readonly data: Uint8Array | Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Bytes of an image's samples. Floats are clipped to 0 to 1 and rounded to the nearest of 256 levels, so that a byte
 * survives the way to floats and back.
 *
 * @throws NextscaleError `invalid-data` for NaN, which no clipping makes a colour
 */
export function toByteSamples(samples: Uint8Array | Float32Array, where: string): Uint8Array {
  if (samples instanceof Uint8Array) return samples;
  const bytes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index++) {
    const value = samples[index]!;
    if (Number.isNaN(value)) {
      throw new NextscaleError({
        code: "invalid-data",
        where,
        expected: "pixels that are numbers",
        got: `NaN at index ${index}`,
        fix: "if a model computed them, its weights are unusable: train it anew or fetch it again",
      });
    }
    bytes[index] = Math.round(255 * Math.min(1, Math.max(0, value)));
  }
  return bytes;
}
