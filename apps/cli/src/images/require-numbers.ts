import { NextscaleError } from "@nextscale/engine";
import type { ImageBatch } from "@nextscale/images";

/**
 * Weights can all be finite and still overflow when they are computed with: no file is damaged then, and only the images
 * show it.
 *
 * @param model as the user named it
 * @throws NextscaleError `invalid-data` when a pixel is no finite number
 */
export function requireNumbers({ data, count }: Pick<ImageBatch, "data" | "count">, model: string): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new NextscaleError({
    code: "invalid-data",
    where: "images sample",
    expected: `pixels that are numbers from the model ${model}`,
    got: `${data[at]} in image ${Math.floor((at * count) / data.length)} of ${count}`,
    fix: "the model's weights are unusable: train it anew or fetch it again",
  });
}
