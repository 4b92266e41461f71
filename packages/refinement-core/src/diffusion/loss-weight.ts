import { signalToNoise, type NoiseLevel } from "./noise-level.js";
import { dataFactors, type Parameterisation } from "./parameterisation.js";

/** How much the squared error of the data counts at a level. */
export type DataWeight = (level: NoiseLevel) => number;

/** min(SNR, gamma) (Hang et al. 2023): levels that are nearly clean count no more than that; gamma is 5 there. */
export function minSnrWeight(gamma: number): DataWeight {
  return (level) => Math.min(signalToNoise(level), gamma);
}

/** max(SNR, 1), "truncated SNR" (Salimans and Ho 2022, eq. 9): the noise's own weight, but some where there is no signal. */
export function truncatedSnrWeight(): DataWeight {
  return (level) => Math.max(signalToNoise(level), 1);
}

/** SNR + 1 (Salimans and Ho 2022, eq. 10): all levels alike for a network that predicts velocity. */
export function snrPlusOneWeight(): DataWeight {
  return (level) => signalToNoise(level) + 1;
}

/**
 * The same weight for the squared error of what a network predicts: a prediction's error is that of the data divided by
 * its factor. Levels without noise have no finite weight and are not trained on.
 */
export function predictionWeight(parameterisation: Parameterisation, level: NoiseLevel, weight: DataWeight): number {
  return weight(level) * dataFactors(parameterisation, level).prediction ** 2;
}
