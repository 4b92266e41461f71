import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "@nextscale/engine";

/** A parameter on the host: row-major float32 elements and their shape. */
export interface HostArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A nested plain record (or list) of parameters; `path` names of leaves join keys with `/`, list entries by index. */
export type ParameterTree<Leaf> =
  { readonly [name: string]: Leaf | ParameterTree<Leaf> } | readonly ParameterTree<Leaf>[];

/** The tree `P` with every leaf of type `From` replaced by `To`. */
export type MapLeaves<P, From, To> = P extends From
  ? To
  : P extends readonly (infer Item)[]
    ? readonly MapLeaves<Item, From, To>[]
    : { readonly [K in keyof P]: MapLeaves<P[K], From, To> };

/** What `init` of a network with parameters `P` (a tree of tensors) returns. */
export type HostParameters<P> = MapLeaves<P, tf.Tensor, HostArray>;

/** The tree of tensors that `apply` takes, given what `init` returned. */
export type TensorParameters<Host> = MapLeaves<Host, HostArray, tf.Tensor>;

/**
 * Standard normal draws for the parameter at `path`. The draws are a function of the path (and of the source's own
 * seed) alone, so adding, removing or reordering other parameters leaves a parameter's initial value as it was.
 */
export type NormalSource = (path: string, count: number) => Float32Array;

/** Where a network's parameters are drawn from: a source and the path prefix that the network lives under. */
export interface Initialiser {
  /** Normal with standard deviation `deviation`. */
  normal(name: string, shape: readonly number[], deviation: number): HostArray;
  /** The same value everywhere. */
  constant(shape: readonly number[], value: number): HostArray;
  /** The initialiser of a part: names get the prefix `name/`. */
  at(name: string | number): Initialiser;
}

/** An initialiser that draws from `source` and names parameters `prefix/name`. */
export function initialiser(source: NormalSource, prefix = ""): Initialiser {
  const pathOf = (name: string | number): string => (prefix === "" ? String(name) : `${prefix}/${name}`);
  return {
    normal(name, shape, deviation) {
      const count = shape.reduce((product, extent) => product * extent, 1);
      const draws = source(pathOf(name), count);
      if (draws.length !== count) {
        throw new NextscaleError({
          code: "shape",
          where: "refinement-core/refiner",
          expected: `${count} draws for parameter ${pathOf(name)}`,
          got: `${draws.length}`,
        });
      }
      return { shape, data: draws.map((draw) => draw * deviation) };
    },
    constant(shape, value) {
      const data = new Float32Array(shape.reduce((product, extent) => product * extent, 1)).fill(value);
      return { shape, data };
    },
    at: (name) => initialiser(source, pathOf(name)),
  };
}

/** Applies `fn(leaf, path)` to every leaf of a parameter tree and keeps the structure. */
export function mapParameters<From, To>(
  tree: ParameterTree<From>,
  isLeaf: (value: From | ParameterTree<From>) => value is From,
  fn: (leaf: From, path: string) => To,
  prefix = "",
): ParameterTree<To> {
  const visit = (value: From | ParameterTree<From>, path: string): To | ParameterTree<To> =>
    isLeaf(value) ? fn(value, path) : mapParameters(value, isLeaf, fn, path);
  const pathOf = (name: string | number): string => (prefix === "" ? String(name) : `${prefix}/${name}`);
  if (Array.isArray(tree)) return tree.map((item, index) => visit(item, pathOf(index))) as ParameterTree<To>;
  const entries = Object.entries(tree as Record<string, From | ParameterTree<From>>);
  return Object.fromEntries(entries.map(([name, value]) => [name, visit(value, pathOf(name))]));
}

/** True for a host parameter, as opposed to a record of them. */
export function isHostArray(value: unknown): value is HostArray {
  return typeof value === "object" && value !== null && (value as { data?: unknown }).data instanceof Float32Array;
}

/** Path, shape and elements of every parameter of a host tree, in the tree's order. */
export function listParameters(tree: ParameterTree<HostArray>): { path: string; value: HostArray }[] {
  const list: { path: string; value: HostArray }[] = [];
  mapParameters(tree, isHostArray, (value, path) => list.push({ path, value }));
  return list;
}

/** Number of scalars in a host tree. */
export function countParameters(tree: ParameterTree<HostArray>): number {
  return listParameters(tree).reduce((sum, { value }) => sum + value.data.length, 0);
}
