import { epsilonModel } from "../head/epsilon.js";
import { FLOW } from "../head/flow-process.js";
import type { DenoisedTrick } from "./trick.js";

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
  samplings: STEPS.map((steps) => ({ kind: "diffusion", solver: "euler", steps })),
};
