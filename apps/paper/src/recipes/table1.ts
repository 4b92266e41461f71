import type { MetricName } from "../table/metrics.js";
import { depthName, DEPTHS, type Recipe } from "../table/recipe.js";
import type { Claim } from "../table/verdict.js";
import { variantId, type Variant } from "../variant/variant.js";

const pixels = (hiddenLayers: 1 | 2): Variant => ({ kind: "pixels", hiddenLayers });
const latents = (hiddenLayers: 1 | 2): Variant => ({ kind: "latents", hiddenLayers });

/** The Latent-MLP has the smaller figure. */
const claim = (statement: string, metric: MetricName): Claim => ({
  statement,
  readings: DEPTHS.map((depth) => ({
    name: depthName(depth),
    metric,
    weights: { [variantId(pixels(depth))]: 1, [variantId(latents(depth))]: -1 },
  })),
});

/** Setup A: pixel against latent denoising. */
export const TABLE1: Recipe = {
  name: "table1",
  title: "Table 1, setup A: pixel against latent denoising",
  columns: ["error", "psnrOfMeanError", "meanPsnr", "steps018", "steps014", "steps012", "shiftedError"],
  floors: ["identity", "linear", "autoencoder"],
  paper: [
    { label: "Paper: Pixel-MLP", cells: { error: "0.0195 ± 0.0003", meanPsnr: "17.6 ± 0.1", steps018: "14 ± 1 epochs", shiftedError: "0.0280 ± 0.0010" } }, // prettier-ignore
    { label: "Paper: Latent-MLP", cells: { error: "0.0158 ± 0.0002", meanPsnr: "18.9 ± 0.1", steps018: "9 ± 1 epochs", shiftedError: "0.0221 ± 0.0010" } }, // prettier-ignore
  ],
  variants: DEPTHS.flatMap((depth) => [pixels(depth), latents(depth)]),
  claims: [
    claim("A latent model ends with a lower error.", "error"),
    claim("A latent model reaches 0.018 in fewer steps.", "steps018"),
    claim("A latent model reaches 0.012 in fewer steps.", "steps012"),
    claim("A latent model keeps a lower error when the noise is stronger than in training.", "shiftedError"),
  ],
  notes: [
    "The paper's PSNR does not follow from its MSE (10·log₁₀(1/0.0195) = 17.1): it stands under the mean of the images' own ratios.",
    "The paper counts epochs, of 234 steps; errors are measured several times in each of the first epochs here.",
    "A latent model cannot go below what the autoencoder loses; a pixel model can.",
  ],
};
