import { NextscaleError } from "@nextscale/engine";
import { describeIssues } from "@nextscale/refinement-core";
import type * as z from "zod";
import { autoencoderSizes } from "../config/autoencoder-sizes.js";
import { tokeniserConfigSchema, type TokeniserConfig } from "../config/config.js";
import { IMAGE_PRESETS, type ImagePreset, type ImagePresetName } from "../config/presets.js";
import { IMAGE_LIMITS, type ImageDataset } from "../data/image-dataset.js";
import { runConfigSchema, type RunConfig } from "./run.js";

/**
 * The configuration of a run: a preset for the images of a data set.
 *
 * @throws NextscaleError `invalid-argument` when the preset is for images of other sizes or for more of them, or is wrong
 *   in itself
 */
export function runConfig(preset: ImagePresetName | ImagePreset, dataset: ImageDataset): RunConfig {
  const { model, training } = typeof preset === "string" ? IMAGE_PRESETS[preset] : preset;
  const name = typeof preset === "string" ? `the preset ${preset}` : "the given preset";
  const { height, width, channels, classes } = dataset;
  const config = { model: { height, width, channels, classes: [...classes], ...model }, training };
  const parsed = runConfigSchema.safeParse(config);
  if (!parsed.success) throw notThisPreset(name, model, dataset, parsed.error);
  requireEnough(name, parsed.data, dataset);
  return parsed.data;
}

/** Sides of the images whose latents have the grid of the last scale, in order; none when there is no such image. */
export function sidesFor({ scales }: Pick<TokeniserConfig, "scales">): readonly number[] {
  const sides = Array.from({ length: IMAGE_LIMITS.extent }, (_, i) => i + 1);
  return sides.filter((side) => autoencoderSizes({ height: side, width: side }).latent[0] === scales.at(-1));
}

/** What is wrong: most often the size of the images, and then the preset says which they must have. */
function notThisPreset(
  name: string,
  { tokeniser }: ImagePreset["model"],
  dataset: ImageDataset,
  error: z.ZodError,
): NextscaleError {
  const { height, width, channels } = dataset;
  const sides = tokeniserConfigSchema.safeParse(tokeniser).success ? sidesFor(tokeniser) : [];
  if (sides.length > 0 && !(sides.includes(height) && sides.includes(width))) {
    return refused(
      `images of ${sides[0]!} to ${sides.at(-1)!} pixels a side, which ${name} is for`,
      `${height}x${width} pixels in ${dataset.name}`,
      "resize the images, or choose another preset or data set",
    );
  }
  return refused(
    `${name} to be one for images of ${height}x${width}x${channels}`,
    describeIssues(error, Infinity),
    "correct the preset",
  );
}

/** A step takes a whole batch of different images. */
function requireEnough(name: string, { training }: RunConfig, dataset: ImageDataset): void {
  const { tokeniser, decoder, refiner } = training;
  const least = Math.max(tokeniser.batchSize, decoder.batchSize, refiner.batchSize);
  if (dataset.count >= least) return;
  throw refused(
    `at least ${least} images, the largest batch of ${name}`,
    `${dataset.count} in ${dataset.name}`,
    "add images or choose another data set",
  );
}

function refused(expected: string, got: string, fix: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "images/trainImageModel", expected, got, fix });
}
