import { topK, temperatures } from "./calibration.js";
import { consistency } from "./consistency.js";
import { distillation } from "./distillation.js";
import { flow } from "./flow.js";
import { guidance } from "./guidance.js";
import { minSnr, scaleWeights } from "./loss-weights.js";
import { earlyExit, scheduleSearch } from "./schedule.js";
import { selfConditioning } from "./self-conditioning.js";
import type { TrainedTrick, Trick, TrickName } from "./trick.js";

/** What all tricks are held against: codes of latents, coarse to fine, trained and sampled as in the matrix. */
export const BASE: TrainedTrick = {
  ...{ id: "base", kind: "trained", label: "Base model", source: "paper, section 3", change: "none" },
  passes: 3,
  model: ({ base }) => base,
};

/** In the order of section 6. Each is one switch of the base model. */
export const TRICKS: readonly Trick[] = [
  guidance,
  selfConditioning,
  scaleWeights,
  minSnr,
  distillation,
  earlyExit,
  scheduleSearch,
  consistency,
  flow,
  temperatures,
  topK,
];

/** What they are called, and whose they are. */
export const TRICK_NAMES: readonly TrickName[] = TRICKS.map(({ id, label, source, change }) => {
  return { id, label, source, change };
});
