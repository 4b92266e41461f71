import { stepsPerEpoch, type Settings } from "../settings.js";
import { spacingOfLooks } from "../training/epochs.js";
import type { RunRecord } from "./records.js";
import type { SpacingOf } from "./verdict.js";

/** What a column of a table shows. */
export interface Metric {
  readonly label: string;
  readonly digits: number;
  /** Of a run; null for a target that it has not reached. */
  readonly of: (run: RunRecord) => number | null;
  /** Of a figure that lies on a grid: how far it is from the one before. */
  readonly spacing?: (settings: Settings, figure: number) => number;
}

/** The first step after which the test error was measured to be so small; null when it never was. */
export function stepsTo(target: number, { curve }: Pick<RunRecord, "curve">): number | null {
  return curve.find(({ meanSquaredError }) => meanSquaredError <= target)?.step ?? null;
}

const stepsToTarget = (target: number): Metric => ({
  label: `Steps to ${target} ↓`,
  digits: 0,
  of: (run) => stepsTo(target, run),
  spacing: spacingOfLooks,
});

/** Name of a measure. */
export type MetricName =
  | ("error" | "shiftedError" | "psnrOfMeanError" | "meanPsnr" | "bandPsnr")
  | ("steps018" | "steps014" | "steps012")
  | ("normVariance" | "relativeNorm" | "noiseEarly" | "noiseLate")
  | ("parameters" | "time");

/** Measures by name. Relative times are measured apart and are not among a run's. */
export const METRICS: Readonly<Record<MetricName, Metric>> = {
  error: { label: "MSE, σ = 0.20 ↓", digits: 4, of: ({ atSigma }) => atSigma.meanSquaredError },
  shiftedError: { label: "MSE, σ = 0.30 ↓", digits: 4, of: ({ atShiftedSigma }) => atShiftedSigma.meanSquaredError },
  psnrOfMeanError: { label: "PSNR of mean MSE (dB) ↑", digits: 2, of: ({ atSigma }) => atSigma.psnrOfMeanError },
  meanPsnr: { label: "Mean PSNR (dB) ↑", digits: 2, of: ({ atSigma }) => atSigma.meanPsnr },
  bandPsnr: { label: "HF-PSNR on R₀ (dB) ↑", digits: 2, of: ({ atSigma }) => atSigma.bandPsnr },
  steps018: stepsToTarget(0.018),
  steps014: stepsToTarget(0.014),
  steps012: stepsToTarget(0.012),
  normVariance: {
    label: "Gradient-norm variance (×10⁻³) ↓",
    digits: 4,
    of: ({ gradientNorm }) => 1e3 * gradientNorm.variance,
  },
  relativeNorm: {
    label: "Deviation/mean of the norm ↓",
    digits: 3,
    of: ({ gradientNorm: { mean, variance } }) => Math.sqrt(variance) / mean,
  },
  noiseEarly: {
    label: "tr(Σ)/‖g‖², epoch 1 ↓",
    digits: 2,
    of: (run) => run.gradientNoise.find(({ step }) => step === stepsPerEpoch(run.study.settings))?.value ?? null,
  },
  noiseLate: {
    label: "tr(Σ)/‖g‖², last epoch ↓",
    digits: 2,
    of: ({ gradientNoise }) => gradientNoise.at(-1)?.value ?? null,
  },
  parameters: { label: "Parameters", digits: 0, of: ({ parameters }) => parameters },
  time: { label: "Time/epoch (rel.) ↓", digits: 2, of: () => null },
};

/** How far figures of trainings with these settings are from their neighbours. */
export function spacingWith(settings: Settings): SpacingOf {
  return (metric, figure) => METRICS[metric].spacing?.(settings, figure) ?? 0;
}
