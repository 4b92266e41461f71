import { ddimPlan, flowLevel, flowLevels } from "@nextscale/refinement-core";
import type { DenoisingProcess } from "../head/denoising-process.js";
import { epsilonModel } from "../head/epsilon.js";
import { STUDY } from "../settings.js";
import type { DenoisedTrick } from "./trick.js";

/** Share of the way at the n-th time: between the ends, at neither of which there is something to learn. */
const timeOf = (n: number): number => (n + 0.5) / STUDY.times;

/**
 * Rectified flow (Liu et al. 2023) from noise to the residuals of a scale, given what coarser ones amount to: straight lines at even
 * speed, which the network says at each point. A sample follows them in a few of Euler's steps. At the very beginning noise /
 * signal, which the network is told, is infinite: the first step starts from the first time that training sees.
 */
export const FLOW: DenoisingProcess = {
  parameterisation: "flow",
  level: (n) => flowLevel(timeOf(n)),
  plan: ({ steps }) => ddimPlan([flowLevel(timeOf(0)), ...flowLevels(steps).slice(1)]),
};

/** Most steps at a scale. */
const STEPS = [1, 2, 3, 4] as const;

/** Rectified flow between scales (section 6): the continuous residuals of the study's diffusion cells in the place of codes. */
export const flow: DenoisedTrick = {
  ...{ id: "flow", kind: "denoised", label: "Rectified flow between scales", source: "Liu et al. 2023" },
  ...{
    change: `residuals flow from noise in up to ${STEPS.length} Euler steps a scale, in the place of codes`,
    passes: 3,
  },
  model: async ({ continuous, settings }) => epsilonModel(await continuous(), settings, FLOW),
  samplings: STEPS.map((steps) => ({ kind: "diffusion", solver: "ddim", steps })),
};
