/** Parts of nodes that are joined edge by edge, and can be taken apart again. */
export interface UnionFind {
  /** How many parts there are. */
  readonly parts: () => number;
  readonly join: (u: number, v: number) => void;
  /** Takes back what was joined last, until there are so many parts again. */
  readonly undo: (parts: number) => void;
}

/** Nodes that are all apart. The smaller part joins the larger, so a look-up takes the logarithm of their number; shorter ways could not be undone. */
export function unionFind(nodes: number): UnionFind {
  const parent = Int32Array.from({ length: nodes }, (_, node) => node);
  const size = new Int32Array(nodes).fill(1);
  const joined: number[] = [];
  const rootOf = (node: number): number => {
    let at = node;
    while (parent[at] !== at) at = parent[at]!;
    return at;
  };
  return {
    parts: () => nodes - joined.length,
    join(u, v) {
      const [a, b] = [rootOf(u), rootOf(v)];
      if (a === b) return;
      const [small, large] = size[a]! < size[b]! ? [a, b] : [b, a];
      parent[small] = large;
      size[large]! += size[small]!;
      joined.push(small);
    },
    undo(parts) {
      while (nodes - joined.length < parts) {
        const small = joined.pop()!;
        size[parent[small]!]! -= size[small]!;
        parent[small] = small;
      }
    },
  };
}
