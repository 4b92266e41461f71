import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import { isTensor } from "../trace/trace.js";
import { flattenTree, type Tree } from "../trace/tree.js";

/** @throws NextscaleError `invalid-argument` unless `least` <= value < `bound`; with `bound` infinite any finite number will do */
export function demandWithin(where: string, name: string, value: number, least: number, bound = Infinity): void {
  if (value >= least && value < bound) return;
  const range = bound === Infinity ? `a finite ${name} from ${least}` : `${name} from ${least} to below ${bound}`;
  throw refused(where, range, String(value));
}

/** @throws NextscaleError `invalid-argument` unless `value` is a finite number above 0 */
export function demandPositive(where: string, name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) throw refused(where, `a finite ${name} above 0`, String(value));
}

/** Tensors by path. */
export type Leaves = ReadonlyMap<string, tf.Tensor>;

/** The leaves of a tree. */
export function leavesOf(tree: Tree<tf.Tensor>): Leaves {
  return new Map(flattenTree<tf.Tensor>(tree, isTensor));
}

/**
 * The leaves of a tree that must have the form of another, for looking up: every path of `like` has one.
 *
 * @throws NextscaleError `invalid-argument` unless paths and shapes are those of `like`
 */
export function leavesLike(
  where: string,
  name: string,
  tree: Tree<tf.Tensor>,
  like: Leaves,
): (path: string) => tf.Tensor {
  const leaves = leavesOf(tree);
  const stranger = [...leaves.keys()].find((path) => !like.has(path));
  if (stranger !== undefined) throw refused(where, `${name} of the same form`, `also ${stranger}`);
  for (const [path, { shape }] of like) {
    const own = leaves.get(path)?.shape;
    const got = own === undefined ? "none" : `shape [${own.join(",")}]`;
    if (own?.join() !== shape.join())
      throw refused(
        where,
        `${name} of the same form, with shape [${shape.join(",")}] at ${path || "its only leaf"}`,
        got,
      );
  }
  return (path) => leaves.get(path) as tf.Tensor;
}

/** The error for an argument that an optimiser cannot work with. */
export function refused(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where, expected, got });
}
