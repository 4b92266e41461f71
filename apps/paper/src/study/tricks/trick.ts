import type { CategoricalCell } from "../cell/cell.js";
import type { CellGround } from "../cell/model-of.js";
import type { CategoricalModel, Coder } from "../head/categorical.js";
import type { ContinuousCell } from "../head/continuous.js";
import type { EpsilonModel } from "../head/epsilon.js";
import type { PlannedSampling } from "../sampling/sampling.js";
import type { StudySettings } from "../settings.js";

/**
 * How a trick is had: by a training, by one that starts from the base model, by sampling that in another way, or by a training of
 * something that has no codes.
 */
export const TRICK_KINDS = ["trained", "distilled", "sampled", "denoised"] as const;

/** How a trick is had. */
export type TrickKind = (typeof TRICK_KINDS)[number];

/** What a trick is called, and whose it is. */
export interface TrickName {
  /** In files and on the command line. */
  readonly id: string;
  /** In tables. */
  readonly label: string;
  /** Where it comes from. */
  readonly source: string;
  /** The one thing that is not as in the base model. */
  readonly change: string;
}

/** What models of tricks are made of: what the base model is made of, and it itself. */
export interface TrickGround {
  readonly cell: CategoricalCell;
  readonly ground: CellGround & { readonly coder: Coder };
  readonly settings: Pick<StudySettings, "backbone">;
  readonly base: CategoricalModel;
  /** The same scales without codes. */
  readonly continuous: () => Promise<ContinuousCell>;
  /** Of each scale, what is known before it: see `scaleSignalToNoise`. */
  readonly signalToNoise: () => Promise<readonly number[]>;
}

/** A model that is trained from the start, as the base model is but for one thing. */
export interface TrainedTrick extends TrickName {
  readonly kind: "trained";
  /** Forward passes that a step of training amounts to: 3 where there is one, as its gradient counts as two. */
  readonly passes: number;
  model(ground: TrickGround): CategoricalModel | Promise<CategoricalModel>;
}

/** A model that starts from the base model's weights and learns to do what that does in fewer evaluations. */
export interface DistilledTrick extends TrickName {
  readonly kind: "distilled";
  readonly passes: number;
  model(base: CategoricalModel): CategoricalModel;
  evaluations(scales: number): number;
}

/** The base model's weights, sampled in another way, which is chosen by validation images. */
export interface SampledTrick extends TrickName {
  readonly kind: "sampled";
  /** Whether what is drawn has a likelihood that is above 0 for all codes. */
  readonly hasLikelihood: boolean;
  apply(base: CategoricalModel, values: readonly number[]): CategoricalModel;
  evaluations(values: readonly number[]): number;
  choose(scales: number, validation: Validation): Promise<Choice>;
}

/** A model that takes noise from residuals, in one of several ways, which is chosen by validation images. */
export interface DenoisedTrick extends TrickName {
  readonly kind: "denoised";
  readonly passes: number;
  model(ground: TrickGround): Promise<EpsilonModel>;
  readonly samplings: readonly PlannedSampling[];
}

/** What diffusion lends to next-scale models. */
export type Trick = TrainedTrick | DistilledTrick | SampledTrick | DenoisedTrick;

/** One way to sample: most often a number for each scale. */
export interface Candidate {
  readonly name: string;
  readonly values: readonly number[];
}

/** What was chosen, and the distance to validation images of all that was tried. */
export interface Choice extends Candidate {
  readonly tried: readonly { readonly name: string; readonly distance: number }[];
}

/** Images that neither training nor the tables see, and what may be asked of them. */
export interface Validation {
  readonly vocabulary: number;
  /** Fréchet distance of samples of the base model, drawn in this way. */
  distance(candidate: Candidate): Promise<number>;
  /** Mean nats of the codes of each scale under each temperature: [scales][temperatures]. */
  codeNats(temperatures: readonly number[]): Promise<readonly (readonly number[])[]>;
}

/** The candidate whose samples are closest to the validation images; the first of equals. */
export async function closest(
  validation: Pick<Validation, "distance">,
  candidates: readonly Candidate[],
): Promise<Choice> {
  const tried: Choice["tried"][number][] = [];
  for (const candidate of candidates) {
    tried.push({ name: candidate.name, distance: await validation.distance(candidate) });
  }
  const least = Math.min(...tried.map(({ distance }) => distance));
  const best = candidates[tried.findIndex(({ distance }) => distance === least)]!;
  return { ...best, tried };
}
