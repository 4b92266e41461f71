import type { NamedArrays } from "@nextscale/engine";
import { normals, randomStream, type CompiledPrograms } from "@nextscale/refinement-core";
import type { TrainingItems } from "../training/study-stage.js";

/** A model that has been trained, and images to be measured with it. */
export interface Measured {
  /** Compiled with the cell's weights. */
  readonly programs: Pick<CompiledPrograms, "run">;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** What a network's prediction costs for some images, and what they decode to from it. */
export interface ModelBound {
  /** Mean nats of an image: an upper bound of -ln p(what the image is decoded from). */
  readonly nats: number;
  /** [count, 784] */
  readonly images: Float32Array;
}

/** Items of one run of a program. */
export const BOUND_BATCH = 250;

/**
 * Runs a program over the first items of a set, some at a time; a last run is topped up with the last item.
 *
 * @param run gets the items' data and labels and their numbers, and how many of them are wanted
 */
export async function overItems(
  items: TrainingItems,
  count: number,
  signal: AbortSignal | undefined,
  run: (
    inputs: { readonly items: Float32Array; readonly labels: Int32Array },
    first: number,
    kept: number,
  ) => Promise<void>,
): Promise<void> {
  for (let first = 0; first < count; first += BOUND_BATCH) {
    signal?.throwIfAborted();
    const indices = Int32Array.from({ length: BOUND_BATCH }, (_, i) => Math.min(first + i, count - 1));
    const labels = Int32Array.from(indices, (index) => items.labels[index]!);
    await run({ items: items.at(indices), labels }, first, Math.min(BOUND_BATCH, count - first));
  }
}

/** Standard normal numbers of each scale for the items from `first`: `e0`, `e1`, ... */
export function boundNoise(
  tokens: readonly { readonly sites: number; readonly width: number }[],
  seed: number,
  first: number,
): NamedArrays {
  const stream = randomStream(seed, "paper/study-bound");
  const items = { first, count: BOUND_BATCH };
  const drawn = tokens.map(({ sites, width: draws }, scale) => [
    `e${scale}`,
    normals(stream, { items, scale, sites, draws }),
  ]);
  return Object.fromEntries(drawn) as NamedArrays;
}

/** The wanted rows of a run's output, copied. */
export function keptRows(output: NamedArrays[string] | undefined, size: number, kept: number): Float32Array {
  return (output as Float32Array).slice(0, kept * size);
}
