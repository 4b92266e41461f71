import { NextscaleError } from "@nextscale/engine";

/** What a user may ask of sampling. Per-scale lists run coarse to fine. */
export interface SamplingOptions {
  /** Divides the logits; 1 draws from the model, 0 takes the most probable code. Default 1. */
  readonly temperature?: number | readonly number[];
  /**
   * Strength of classifier-free guidance (Ho & Salimans 2022): logits = uncond + g (cond - uncond). 1 is off, larger
   * is stronger. At the last scale it corresponds to `cfg = g - 1` in VAR, whose logits are (1 + t) cond - t uncond.
   */
  readonly guidanceScale?: number;
  /** How guidance grows: `linear` from off at the coarsest scale to full at the finest (VAR's), or `constant`. */
  readonly guidanceRamp?: "linear" | "constant";
  /** Keep the k most probable codes of a site, and all that tie with the k-th. */
  readonly topK?: number | readonly number[];
  /** Then keep the smallest set of most probable codes whose probability reaches p. */
  readonly topP?: number | readonly number[];
}

/**
 * What is fixed when a sampling program is traced. The number k of top-k is (it is the size of a partial sort), and
 * whether there is guidance or top-p at all: what is off is not computed. Everything else is an input of the program.
 */
export interface SamplingPlan {
  readonly guided: boolean;
  /** k per scale; none when no scale is cut. */
  readonly topK?: readonly number[];
  readonly nucleus: boolean;
}

/** Inputs of a sampling program, one number per scale. A plan without guidance or top-p has no such input. */
export interface SamplingControls {
  readonly temperature: Float32Array;
  readonly guidance?: Float32Array;
  readonly topP?: Float32Array;
}

/** Range of each option, both ends included. */
const RANGES = {
  temperature: [0, 1e3],
  guidanceScale: [0, 1e3],
  topK: [1, 2 ** 31 - 1],
  topP: [0, 1],
} as const;

/**
 * Checks the options and splits them into what is traced and what is fed.
 *
 * @param scales number of scales
 * @param codes size of the vocabulary: a k that reaches it cuts nothing and is left out
 * @throws NextscaleError `invalid-argument` for a value out of range or a list of another length than the scales
 */
export function samplingControls(
  options: SamplingOptions,
  scales: number,
  codes: number,
): { readonly plan: SamplingPlan; readonly controls: SamplingControls } {
  const temperature = perScale("temperature", options.temperature ?? 1, scales);
  const [guidanceScale = 1] = perScale("guidanceScale", options.guidanceScale ?? 1, 1);
  const topK = perScale("topK", options.topK ?? codes, scales);
  const topP = perScale("topP", options.topP ?? 1, scales);
  if (!topK.every(Number.isInteger)) throw outOfRange("topK", "integers", topK.join(", "));
  const guided = guidanceScale !== 1;
  const cut = topK.some((k) => k < codes);
  const nucleus = topP.some((p) => p < 1);
  return {
    plan: { guided, nucleus, ...(cut ? { topK } : {}) },
    controls: {
      temperature: Float32Array.from(temperature),
      ...(guided ? { guidance: guidanceSchedule(guidanceScale, options.guidanceRamp ?? "linear", scales) } : {}),
      ...(nucleus ? { topP: Float32Array.from(topP) } : {}),
    },
  };
}

/** Guidance of each scale: 1 + (g - 1) k / (S - 1) for the linear ramp, g everywhere for the constant one. */
export function guidanceSchedule(guidanceScale: number, ramp: "linear" | "constant", scales: number): Float32Array {
  return Float32Array.from({ length: scales }, (_, k) => {
    const share = ramp === "constant" || scales === 1 ? 1 : k / (scales - 1);
    return 1 + (guidanceScale - 1) * share;
  });
}

function perScale(name: keyof typeof RANGES, value: number | readonly number[], scales: number): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(scales).fill(value) : value;
  const [least, most] = RANGES[name];
  if (list.length !== scales) throw outOfRange(name, `one value or ${scales}`, `${list.length} values`);
  if (!list.every((entry) => entry >= least && entry <= most)) {
    throw outOfRange(name, `from ${least} to ${most}`, list.join(", "));
  }
  return list;
}

function outOfRange(name: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/sampling",
    expected: `${name}: ${expected}`,
    got,
  });
}
