import type * as tf from "@tensorflow/tfjs-core";
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

/** Leaves by path, in order of appearance: `{ a: { b: x } }` gives `[["a/b", x]]`. A lone leaf has the path `""`. */
export function flattenTree<Leaf>(tree: Tree<Leaf>, isLeaf: (node: unknown) => node is Leaf): [string, Leaf][] {
  const leaves: [string, Leaf][] = [];
  const visit = (node: Tree<Leaf>, path: string) => {
    if (isLeaf(node)) leaves.push([path, node]);
    else
      for (const [key, child] of Object.entries(node as object))
        visit(child as Tree<Leaf>, path === "" ? key : `${path}/${key}`);
  };
  visit(tree, "");
  return leaves;
}

/** A tree of the same form with every leaf replaced. */
export function mapTree<Leaf, Result>(
  tree: Tree<Leaf>,
  isLeaf: (node: unknown) => node is Leaf,
  replace: (leaf: Leaf, path: string) => Result,
  path = "",
): Tree<Result> {
  if (isLeaf(tree)) return replace(tree, path);
  const child = (key: string | number, node: Tree<Leaf>) =>
    mapTree(node, isLeaf, replace, path === "" ? String(key) : `${path}/${key}`);
  if (Array.isArray(tree)) return (tree as readonly Tree<Leaf>[]).map((node, i) => child(i, node));
  return Object.fromEntries(Object.entries(tree as object).map(([key, node]) => [key, child(key, node as Tree<Leaf>)]));
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
