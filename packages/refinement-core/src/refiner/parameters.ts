import type * as tf from "@tensorflow/tfjs-core";
import { f32, flattenTree, mapTree, NextscaleError, type TensorType, type Tree } from "@nextscale/engine";
import type { HostTensor } from "../pyramid/host-tensor.js";
import { normals } from "../random/distributions.js";
import { randomStream } from "../random/stream.js";

/** The tree `P` with every leaf of type `From` replaced by `To`. */
export type MapLeaves<P, From, To> = P extends From
  ? To
  : P extends readonly (infer Item)[]
    ? readonly MapLeaves<Item, From, To>[]
    : { readonly [K in keyof P]: MapLeaves<P[K], From, To> };

/** What `init` of a network with parameters `P` (a tree of tensors) returns. */
export type HostParameters<P> = MapLeaves<P, tf.Tensor, HostTensor>;

/** The tree of tensors that `apply` takes, given what `init` returned. */
export type TensorParameters<Host> = MapLeaves<Host, HostTensor, tf.Tensor>;

/**
 * Standard normal draws for the parameter at `path`. The draws are a function of the path (and of the source's own
 * seed) alone, so adding, removing or reordering other parameters leaves a parameter's initial value as it was.
 */
export type NormalSource = (path: string, count: number) => Float32Array;

/**
 * The parameters of a seed: each path is a random stream of its own.
 *
 * @throws NextscaleError `invalid-argument` when used, for a seed outside the range of `randomStream`
 */
export function parameterNormals(seed: number | bigint): NormalSource {
  return (path, count) => normals(randomStream(seed, `parameters/${path}`), { draws: count });
}

/**
 * A source for those who want to know what a network consists of, and not the network: an initialiser of it gives every
 * parameter its shape and no elements, however large it would be. For `parameterTypes`, never to compute with.
 */
export const SHAPES_ONLY: NormalSource = () => NOTHING;

const NOTHING = new Float32Array(0);

/** Where a network's parameters are drawn from: a source and the path prefix that the network lives under. */
export interface Initialiser {
  /** Normal with standard deviation `deviation`. */
  normal(name: string, shape: readonly number[], deviation: number): HostTensor;
  /** The same value everywhere. */
  constant(shape: readonly number[], value: number): HostTensor;
  /** The initialiser of a part: names get the prefix `name/`. */
  at(name: string | number): Initialiser;
}

/** An initialiser that draws from `source` and names parameters `prefix/name`. */
export function initialiser(source: NormalSource, prefix = ""): Initialiser {
  if (source === SHAPES_ONLY) return shapeInitialiser;
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

const shapeInitialiser: Initialiser = {
  normal: (_name, shape) => ({ shape, data: NOTHING }),
  constant: (shape) => ({ shape, data: NOTHING }),
  at: () => shapeInitialiser,
};

/** True for a host parameter, as opposed to a record of them. */
export function isHostTensor(value: unknown): value is HostTensor {
  return typeof value === "object" && value !== null && (value as { data?: unknown }).data instanceof Float32Array;
}

/** Number of scalars in a host tree. */
export function countParameters(host: Tree<HostTensor>): number {
  return flattenTree(host, isHostTensor).reduce((sum, [, { data }]) => sum + data.length, 0);
}

/** The types of host parameters: their part of a program's signature. */
export function parameterTypes<Host extends Tree<HostTensor>>(host: Host): MapLeaves<Host, HostTensor, TensorType> {
  return mapTree(host, isHostTensor, ({ shape }) => f32(...shape)) as MapLeaves<Host, HostTensor, TensorType>;
}

/** The elements of host parameters under the names that a program knows them by: `prefix/trunk/blocks/0/...`. */
export function parameterArrays(host: Tree<HostTensor>, prefix: string): Record<string, Float32Array> {
  return Object.fromEntries(flattenTree(host, isHostTensor).map(([path, { data }]) => [`${prefix}/${path}`, data]));
}
