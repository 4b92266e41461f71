import { f32, i32, type NamedArrays, type Program } from "@nextscale/engine";
import { normals, randomStream, type CompiledPrograms } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { TokenGrid } from "../space/tokens.js";
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

/** What a program reads that is run over items. */
export type ItemInputs<Parameters> = {
  readonly parameters: Parameters;
  readonly items: tf.Tensor;
  readonly labels: tf.Tensor;
};

/** A model as far as such programs read it. */
interface ItemModel<Types> {
  readonly types: Types;
  readonly domain: { readonly item: readonly number[] };
}

/** The types of it. */
export function itemTypes<Types>({ types, domain }: ItemModel<Types>) {
  return { parameters: types, items: f32(BOUND_BATCH, ...domain.item), labels: i32(BOUND_BATCH) };
}

/** What a program reads that draws latent variables besides: standard normal numbers of each scale, `e0`, `e1`, ... */
export type NoisyItemInputs<Parameters> = ItemInputs<Parameters> & {
  readonly random: Readonly<Record<string, tf.Tensor>>;
};

/** The types of it. */
export function noisyItemTypes<Types>(
  model: ItemModel<Types> & { readonly space: { readonly tokens: readonly TokenGrid[] } },
) {
  const random = model.space.tokens.map(({ sites, width }, k) => [`e${k}`, f32(BOUND_BATCH, sites, width)] as const);
  return { ...itemTypes(model), random: Object.fromEntries(random) };
}

/** A program to be run over items. */
export interface ItemProgram {
  readonly name: string;
  readonly build: () => Program;
  /** Whether it draws latent variables, and of which scales. */
  readonly drawn?: readonly TokenGrid[];
  /** What else it draws for the items from one on. */
  readonly random?: (first: number) => NamedArrays;
}

/**
 * Runs a program over the first items of a set, some at a time; a last run is topped up with the last item.
 *
 * @param take gets the outputs of a run, and how many of its items are wanted
 */
export async function overItems(
  { programs, seed, signal }: Measured,
  { name, build, drawn = [], random }: ItemProgram,
  items: TrainingItems,
  count: number,
  take: (outputs: NamedArrays, kept: number) => void,
): Promise<void> {
  for (let first = 0; first < count; first += BOUND_BATCH) {
    signal?.throwIfAborted();
    const indices = Int32Array.from({ length: BOUND_BATCH }, (_, i) => Math.min(first + i, count - 1));
    const labels = Int32Array.from(indices, (index) => items.labels[index]!);
    const inputs = { items: await items.at(indices), labels, ...noiseOf(drawn, seed, first), ...random?.(first) };
    take(await programs.run(name, build, inputs), Math.min(BOUND_BATCH, count - first));
  }
}

/** The noise of each scale for the items from `first`. */
function noiseOf(tokens: readonly TokenGrid[], seed: number, first: number): NamedArrays {
  const stream = randomStream(seed, "paper/study-bound");
  const items = { first, count: BOUND_BATCH };
  const drawn = tokens.map(({ sites, width: draws }, scale) => {
    return [`random/e${scale}`, normals(stream, { items, scale, sites, draws })] as const;
  });
  return Object.fromEntries(drawn);
}

/** The wanted rows of a run's output, copied. */
export function keptRows(output: NamedArrays[string] | undefined, size: number, kept: number): Float32Array {
  return (output as Float32Array).slice(0, kept * size);
}
