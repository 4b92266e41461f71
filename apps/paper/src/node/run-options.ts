import { requireArgument, wholeWithin } from "@nextscale/refinement-core";
import type { EngineName } from "@nextscale/engine/node";

/** Options of everything that is made of the paper. */
export interface RunOptions {
  /** Folder of the records, which the other parts and the next run of this one find. */
  readonly out: string;
  /** How many seeds, from 0; 3 of tables and of the sweep unless told, 1 of a smoke run and of the study. */
  readonly seeds?: number;
  /** Few images and steps: every part of the program, and figures that say nothing. */
  readonly quick?: boolean;
  readonly engine?: EngineName;
  /** Stops after the step or batch in progress and throws `interrupted`; running again goes on from there. */
  readonly signal?: AbortSignal;
  /** Called every few steps of a training and after each batch of samples. */
  readonly onProgress?: (progress: RunProgress) => void;
}

/** How far a part is. */
export interface RunProgress {
  /** What is being done: `pixels-1-hidden-seed-0`. */
  readonly run: string;
  /** Of what is still to be done when the part begins: training steps, or billions of floating-point operations. */
  readonly done: number;
  readonly total: number;
  readonly unit: "steps" | "GFLOP";
  /** Of the training in progress. */
  readonly loss?: number;
}

/** Most seeds: more would say no more. */
const MOST_SEEDS = 100;

/**
 * The numbers of so many seeds.
 *
 * @throws NextscaleError `invalid-argument`
 */
export function seedNumbers(where: string, count: number): readonly number[] {
  requireArgument(where, "seeds", count, wholeWithin(1, MOST_SEEDS));
  return Array.from({ length: count }, (_, seed) => seed);
}
