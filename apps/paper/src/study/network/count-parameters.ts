import { flattenTree, isTensorType, sizeOf, type TensorType, type Tree } from "@nextscale/engine";

/** Parameters of a cell, and those of its backbone that are the same for all cells: all but input projection and heads. */
export function cellParameters({ types }: { readonly types: object }): {
  readonly all: number;
  readonly backbone: number;
} {
  const sizes = flattenTree(types as unknown as Tree<TensorType>, isTensorType).map(([path, { shape }]) => {
    return { own: path.startsWith("heads/") || path === "trunk/context", size: sizeOf(shape) };
  });
  const sum = (some: typeof sizes) => some.reduce((total, { size }) => total + size, 0);
  return { all: sum(sizes), backbone: sum(sizes.filter(({ own }) => !own)) };
}
