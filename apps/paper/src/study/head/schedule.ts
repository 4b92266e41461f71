import { cosineNoise } from "@nextscale/refinement-core";
import { STUDY } from "../settings.js";

/** The noise schedule of all denoising cells (Nichol and Dhariwal 2021). */
export const SCHEDULE = cosineNoise(STUDY.times);

/**
 * What the network says: the velocity, noise and data in one. At the last time of the cosine schedule a state has no signal:
 * there a prediction of the noise alone, the paper's epsilon, does not tell what the data are, and plans of few steps start
 * from there. With data of unit variance an error of the velocity weighs alike at all times.
 */
export const PARAMETERISATION = "velocity";
