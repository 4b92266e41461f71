import type { SubstepPlan } from "@nextscale/graphs";
import { InvalidArgumentError } from "commander";
import { substeps, sweeps } from "../options.js";

/** How codes are drawn at a point of a curve: what may be spent to have better samples of the same model. */
export interface SamplingPlan {
  readonly substeps: SubstepPlan;
  readonly sweeps: number;
}

/**
 * Substeps, and after a + how many sweeps: `exact`, `5,2,1`, `exact+1`.
 *
 * @throws InvalidArgumentError of commander
 */
export function parsePlan(text: string): SamplingPlan {
  const match = /^([^+]+)(?:\+(\d+))?$/.exec(text);
  if (match !== null) return { substeps: substeps(match[1]!), sweeps: sweeps(match[2] ?? "0") };
  throw new InvalidArgumentError(`Expected substeps, and after a + how many sweeps, such as exact+1, got "${text}".`);
}

/** What `parsePlan` reads; without sweeps there is no +, as in curves that were written before plans had any. */
export function planText({ substeps, sweeps }: SamplingPlan): string {
  return sweeps === 0 ? String(substeps) : `${String(substeps)}+${sweeps}`;
}
