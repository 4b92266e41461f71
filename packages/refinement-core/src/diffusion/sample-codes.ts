import { NextscaleError } from "@nextscale/engine";
import { softmaxRow } from "../sampling/reference.js";
import { drawState, type CodeDiffusion } from "./code-diffusion.js";
import { codeReverse, type CodeStep } from "./code-reverse.js";

/** What a sampler of codes asks for. */
export interface CodeSampling {
  /** States at the first time of the plan: `startCodes`. */
  readonly start: Int32Array;
  /** Logits of the clean codes given the states at a time, [states' number, codes] row-major: one evaluation of the network. */
  predict(states: Int32Array, time: number): ArrayLike<number> | Promise<ArrayLike<number>>;
  /** Numbers in (0, 1) for a step, one for each state. */
  uniform(step: number): ArrayLike<number>;
}

/**
 * The steps between times, each one evaluation of the network.
 *
 * @param times from late to 0, as `samplingTimes` gives them
 * @throws NextscaleError `invalid-argument` unless they fall within the times of the process
 */
export function codePlan({ kept }: CodeDiffusion, times: readonly number[]): readonly CodeStep[] {
  const falls = times.every((time, i) => kept[time] !== undefined && (i === 0 || time < times[i - 1]!));
  if (!falls || times.length < 2) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/codePlan",
      expected: `two or more falling times from ${kept.length - 1} to 0`,
      got: `[${times.join(", ")}]`,
    });
  }
  return times.slice(1).map((to, i) => ({ from: times[i]!, to }));
}

/** Draws codes: carries out a plan, step by step. */
export async function sampleCodes(
  diffusion: CodeDiffusion,
  plan: readonly CodeStep[],
  { start, predict, uniform }: CodeSampling,
): Promise<Int32Array> {
  let states = start;
  for (const [i, step] of plan.entries()) {
    states = nextCodes(diffusion, step, states, await predict(states, step.from), uniform(i));
  }
  return states;
}

/** A step of a plan: draws each state from `codeReverse`. Changes nothing that it is given. */
export function nextCodes(
  diffusion: CodeDiffusion,
  step: CodeStep,
  states: Int32Array,
  logits: ArrayLike<number>,
  uniforms: ArrayLike<number>,
): Int32Array {
  const { codes } = diffusion;
  const row = new Float64Array(codes);
  return states.map((state, i) => {
    for (let code = 0; code < codes; code++) row[code] = logits[i * codes + code]!;
    return drawState(codeReverse(diffusion, step, state, softmaxRow(row)), uniforms[i]!);
  });
}
