import type { ImageBatch } from "../image-batch.js";

/** Numbers of levels of a byte. */
export const LEVELS = 256;

/** The first level that counts as bright: images are made binary at half of the full range. */
export const BRIGHT = 128;

/** Images as they come out of a file: every number at the nearest of the 256 levels, half up, clipped to [0, 1]. */
export function roundToLevels(images: ImageBatch): ImageBatch {
  const data = images.data.map((value) => Math.floor(Math.min(1, Math.max(0, value)) * 255 + 0.5) / 255);
  return { ...images, data };
}
