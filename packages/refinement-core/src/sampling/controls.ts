import {
  requireOptions,
  wholeWithin,
  within,
  type OptionRequirements,
  type Requirement,
} from "../model/requirements.js";

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

/**
 * What each sampling option is to be, for `requireOptions`; a model adds options of its own.
 *
 * @param scales number of scales
 */
export function samplingRequirements(scales: number): OptionRequirements<SamplingOptions> {
  return {
    temperature: eachScale(within(0, 1e3), scales),
    guidanceScale: within(0, 1e3),
    guidanceRamp: {
      expected: `"linear" or "constant"`,
      fits: (value) => value === "linear" || value === "constant",
    },
    topK: eachScale(wholeWithin(1, 2 ** 31 - 1), scales),
    topP: eachScale(within(0, 1), scales),
  };
}

/**
 * Checks the options and splits them into what is traced and what is fed.
 *
 * @param scales number of scales
 * @param codes size of the vocabulary: a k that reaches it cuts nothing and is left out
 * @throws NextscaleError `invalid-argument` for an unknown option, a value out of range or a list of another length than
 *   the scales
 */
export function samplingControls(
  options: SamplingOptions,
  scales: number,
  codes: number,
): { readonly plan: SamplingPlan; readonly controls: SamplingControls } {
  requireOptions("refinement-core/sampling", options, samplingRequirements(scales));
  const { guidanceScale = 1, guidanceRamp = "linear" } = options;
  const temperature = perScale(options.temperature ?? 1, scales);
  const topK = perScale(options.topK ?? codes, scales);
  const topP = perScale(options.topP ?? 1, scales);
  const guided = guidanceScale !== 1;
  const cut = topK.some((k) => k < codes);
  const nucleus = topP.some((p) => p < 1);
  return {
    plan: { guided, nucleus, ...(cut ? { topK } : {}) },
    controls: {
      temperature: Float32Array.from(temperature),
      ...(guided ? { guidance: guidanceSchedule(guidanceScale, guidanceRamp, scales) } : {}),
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

function perScale(value: number | readonly number[], scales: number): readonly number[] {
  return typeof value === "number" ? new Array<number>(scales).fill(value) : value;
}

/** One value for all scales or a list with one for each; a list with a hole has none for some. */
function eachScale({ expected, fits }: Requirement, scales: number): Requirement {
  return {
    expected: `${expected}, or a list of ${scales} such`,
    fits: (value) => (Array.isArray(value) ? value.length === scales && Array.from(value).every(fits) : fits(value)),
  };
}
