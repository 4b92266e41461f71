import type { NoiseLevel, NoiseSchedule, Parameterisation, Plan } from "@nextscale/refinement-core";
import { diffusionPlan, type PlannedSampling } from "../sampling/sampling.js";
import { PARAMETERISATION, SCHEDULE } from "./schedule.js";

/** How noise is put on residuals in training, and taken from them in sampling. */
export interface DenoisingProcess {
  /** What the network says. */
  readonly parameterisation: Parameterisation;
  /** Of `STUDY.times` times, all as likely, the n-th from the least noisy, 0. Its signal is above 0: the network is told noise / signal. */
  level(n: number): NoiseLevel;
  /** What the bound of a likelihood goes through: clean data, then times of training, less and less signal. */
  readonly schedule: NoiseSchedule;
  /** @throws NextscaleError `invalid-argument` for a solver of another process */
  plan(sampling: PlannedSampling): Plan;
}

/** Diffusion. */
export const DIFFUSION: DenoisingProcess = {
  parameterisation: PARAMETERISATION,
  level: (n) => SCHEDULE[n + 1]!,
  schedule: SCHEDULE,
  plan: diffusionPlan,
};
