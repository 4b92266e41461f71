import type { BandsVariant, Variant } from "../variant/variant.js";

/** S bands: a single network for S = 1. */
export function withBands(bands: 1 | 2 | 3, hiddenLayers: 1 | 2, target: BandsVariant["target"] = "band"): Variant {
  return bands === 1 ? { kind: "pixels", hiddenLayers } : { kind: "bands", bands, hiddenLayers, target };
}

/** How setup C was read. */
export const BAND_NOTES = [
  "All networks of a variant have one width, with which they have together as many parameters as the single-shot network.",
  "The networks take their steps on the same batches, side by side; no gradient leaves a band, so none is trained through another.",
  "The finer network learns R₀ of the clean image, as printed, or the remainder: what the coarse prediction really leaves.",
  "HF-PSNR compares R₀ of the predicted image with R₀ of the clean one, for all rows alike.",
] as const;
