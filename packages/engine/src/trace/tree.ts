import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import type { TensorType } from "../ir/tensor-type.js";

/** Nested records and arrays with leaves of one kind, such as the parameters of a network. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [key: string]: Tree<Leaf> };

/** The tree of tensors that a tree of types describes; of a type tree of unknown form, any tree of tensors. */
export type TensorsOf<T> =
  Tree<TensorType> extends T
    ? Tree<tf.Tensor>
    : T extends TensorType
      ? tf.Tensor
      : { readonly [K in keyof T]: TensorsOf<T[K]> };

/**
 * Leaves by path, in order of appearance: `{ a: { b: x } }` gives `[["a/b", x]]`. A lone leaf has the path `""`.
 *
 * @throws NextscaleError `invalid-argument` for anything but leaves, records and arrays, and for two leaves of one path
 */
export function flattenTree<Leaf>(tree: Tree<Leaf>, isLeaf: (node: unknown) => node is Leaf): [string, Leaf][] {
  const leaves = new Map<string, Leaf>();
  const visit = (node: Tree<Leaf>, path: string) => {
    if (!isLeaf(node)) {
      for (const [key, child] of childrenOf<Leaf>(node, path)) visit(child, join(path, key));
      return;
    }
    if (leaves.has(path)) throw badTree("one leaf of each path", `two of ${path}`, "rename one of them");
    leaves.set(path, node);
  };
  visit(tree, "");
  return [...leaves];
}

/**
 * A tree of the same form with every leaf replaced.
 *
 * @throws NextscaleError `invalid-argument` for anything but leaves, records and arrays
 */
export function mapTree<Leaf, Result>(
  tree: Tree<Leaf>,
  isLeaf: (node: unknown) => node is Leaf,
  replace: (leaf: Leaf, path: string) => Result,
  path = "",
): Tree<Result> {
  if (isLeaf(tree)) return replace(tree, path);
  const children = childrenOf<Leaf>(tree, path).map(([key, child]): [string, Tree<Result>] => {
    return [key, mapTree(child, isLeaf, replace, join(path, key))];
  });
  return Array.isArray(tree) ? children.map(([, child]) => child) : Object.fromEntries(children);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}/${key}`;
}

/** Entries of a record or an array. */
function childrenOf<Leaf>(node: unknown, path: string): [string, Tree<Leaf>][] {
  if (!isRecord(node) && !Array.isArray(node)) {
    const awaited = typeof (node as { then?: unknown } | null | undefined)?.then === "function";
    const fix = awaited ? "do without async: a trace computes nothing that one could wait for" : undefined;
    const at = path === "" ? "" : ` at ${path}`;
    throw badTree("leaves in nested records and arrays", describe(node) + at, fix);
  }
  const entries = Object.entries(node) as [string, Tree<Leaf>][];
  if (entries.some(([key]) => key === "")) throw badTree("keys that leaves can be named by", "an empty one");
  return entries;
}

/** True for an object that is nothing but its entries: no instance of a class, not even of one of another window. */
function isRecord(node: unknown): node is object {
  if (typeof node !== "object" || node === null) return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(node: unknown): string {
  if (typeof node !== "object" || node === null) return String(node);
  return `an object of class ${node.constructor.name}`;
}

function badTree(expected: string, got: string, fix?: string): NextscaleError {
  const code = "invalid-argument";
  return new NextscaleError({ code, where: "engine/tree", expected, got, ...(fix === undefined ? {} : { fix }) });
}

/** True for a leaf of a signature. */
export function isTensorType(node: unknown): node is TensorType {
  return (
    typeof node === "object" &&
    node !== null &&
    typeof (node as TensorType).dtype === "string" &&
    Array.isArray((node as TensorType).shape)
  );
}
