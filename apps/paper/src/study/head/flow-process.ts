import { flowLevel } from "@nextscale/refinement-core";
import { flowPlan } from "../sampling/sampling.js";
import { STUDY } from "../settings.js";
import type { DenoisingProcess } from "./denoising-process.js";
import { SCHEDULE } from "./schedule.js";

/** Between the ends, at neither of which there is something to learn; the least noisy first. */
const LEVELS = Array.from({ length: STUDY.times }, (_, n) => flowLevel(1 - (n + 0.5) / STUDY.times));

/** The bound of a flow ends as near the data as that of diffusion: what is nearer costs more than it tells of pixels. */
const [, first] = SCHEDULE;
const LEAST_RATIO = first!.noise / first!.signal;

/**
 * Rectified flow (Liu et al. 2023) from noise to residuals: straight lines at even speed, which the network says at each point. A
 * sample follows them in a few of Euler's steps. At the very beginning noise / signal, which the network is told, is infinite: the
 * first step starts from the first time that training sees.
 */
export const FLOW: DenoisingProcess = {
  parameterisation: "flow",
  level: (n) => LEVELS[n]!,
  schedule: [flowLevel(1), ...LEVELS.filter(({ signal, noise }) => noise / signal >= LEAST_RATIO)],
  plan: (sampling) => flowPlan(sampling, LEVELS.at(-1)!),
};
