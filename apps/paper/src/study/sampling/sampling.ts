import { NextscaleError } from "@nextscale/engine";
import {
  ancestralPlan,
  ddimPlan,
  dpmSolverPlan,
  flowLevels,
  lastTimeWithSignal,
  levelsAt,
  samplingTimes,
  type NoiseLevel,
  type Plan,
} from "@nextscale/refinement-core";
import * as z from "zod";
import { SCHEDULE } from "../head/schedule.js";
import { STUDY } from "../settings.js";

/** Solvers of diffusion. */
export const SOLVERS = ["ddim", "dpm-solver", "ancestral"] as const;

/** Schema of a way to draw samples. */
export const samplingSchema = z.discriminatedUnion("kind", [
  /** One evaluation a scale. */
  z.strictObject({ kind: z.literal("next-scale"), temperature: z.number().positive() }),
  /** T evaluations at each scale. */
  z.strictObject({
    kind: z.literal("diffusion"),
    solver: z.enum([...SOLVERS, "euler"]),
    steps: z.number().int().min(1),
  }),
]);

/** How samples are drawn, as data. */
export type Sampling = Readonly<z.infer<typeof samplingSchema>>;

/** Samples of the model as it is. */
export const PLAIN: Sampling = { kind: "next-scale", temperature: 1 };

/** A way to draw samples with the plan of a solver. */
export type PlannedSampling = Extract<Sampling, { readonly kind: "diffusion" }>;

/** The mistake of asking one kind of sampler for the samples of the other. */
export function otherSampler(sampler: Sampling["kind"] | "flow", sampling: Sampling): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where: "paper/study",
    expected: `a way to sample a ${sampler} cell`,
    got: samplingId(sampling),
    fix: sampler === "next-scale" ? "name a temperature" : "name a solver of it and its steps",
  });
}

/** Name of a way to draw samples, in records. */
export function samplingId(sampling: Sampling): string {
  return sampling.kind === "next-scale"
    ? `temperature-${sampling.temperature}`
    : `${sampling.solver}-${sampling.steps}`;
}

const SOLVER_NAMES = {
  ddim: "DDIM",
  "dpm-solver": "DPM-Solver++(2M)",
  ancestral: "ancestral",
  euler: "Euler",
} as const;

/** Name of a way to draw samples, in tables. */
export function samplingLabel(sampling: Sampling): string {
  if (sampling.kind === "next-scale") return sampling.temperature === 1 ? "" : `temperature ${sampling.temperature}`;
  return `${SOLVER_NAMES[sampling.solver]}, T = ${sampling.steps}`;
}

/** Evaluations of the network for a sample. */
export function evaluationsOf(sampling: Sampling, scales: number): number {
  return sampling.kind === "next-scale" ? scales : sampling.steps * scales;
}

/** ln(signal / noise) where DPM-Solver++ starts: the cosine schedule ends at -9.9, where its steps in that logarithm diverge. */
const LEAST_SIGNAL = -5.1;

/** The plan of a solver at each scale: trailing times, so that it starts from the noise that training ends with. */
export function diffusionPlan(sampling: PlannedSampling): Plan {
  const { solver, steps } = sampling;
  const last = solver === "dpm-solver" ? lastTimeWithSignal(SCHEDULE, LEAST_SIGNAL) : STUDY.times;
  const levels = levelsAt(SCHEDULE, samplingTimes({ last, steps, spacing: "trailing" }));
  switch (solver) {
    case "ddim":
      return ddimPlan(levels);
    case "dpm-solver":
      return dpmSolverPlan(levels, 2);
    case "ancestral":
      return ancestralPlan(levels, "small");
    case "euler":
      throw otherSampler("diffusion", sampling);
  }
}

/** The plan of a rectified flow: equal steps, the first of them from where there is some signal. DDIM's step is Euler's there. */
export function flowPlan(sampling: PlannedSampling, first: NoiseLevel): Plan {
  if (sampling.solver !== "euler") throw otherSampler("flow", sampling);
  return ddimPlan([first, ...flowLevels(sampling.steps).slice(1)]);
}
