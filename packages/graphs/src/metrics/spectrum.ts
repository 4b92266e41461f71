import { NextscaleError } from "@nextscale/engine";
import { symmetricEigen } from "@nextscale/refinement-core";
import { degreeOf, neighboursOf, type Graph } from "../graph/graph.js";

/** Eigenvalues, ascending, and the eigenvector of value k in row k of `vectors`, [n, n]. */
export interface Spectrum {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/** Time grows with the cube of the nodes: here it is about a minute. */
export const MOST_SPECTRUM_NODES = 2000;

/**
 * Eigenvalues and vectors of the normalised Laplacian, I − D^{−1/2} A D^{−1/2}, with a row of zeros for a node without
 * neighbours, as networkx has it. Eigenvalues lie in [0, 2]; rounding is cut off there, or a bipartite graph's largest one
 * would fall inside or outside a last bin by the order of its nodes.
 *
 * @throws NextscaleError `invalid-argument` for more than 2,000 nodes
 */
export function laplacianSpectrum(graph: Graph): Spectrum {
  const n = graph.nodeCount;
  if (n > MOST_SPECTRUM_NODES) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/laplacianSpectrum",
      expected: `at most ${MOST_SPECTRUM_NODES} nodes for a spectrum`,
      got: `${n}`,
      fix: "compare graphs of that size by degree, clustering and orbits",
    });
  }
  const matrix = new Float64Array(n * n);
  const scale = Float64Array.from({ length: n }, (_, v) => 1 / Math.sqrt(degreeOf(graph, v)));
  for (let v = 0; v < n; v++) {
    if (degreeOf(graph, v) > 0) matrix[v * n + v] = 1;
    for (const other of neighboursOf(graph, v)) matrix[v * n + other] = -(scale[v]! * scale[other]!);
  }
  if (n === 0) return { values: new Float64Array(0), vectors: matrix };
  const { values, vectors } = symmetricEigen(matrix, n);
  return {
    values: values.map((value) => Math.min(2, Math.max(0, value))),
    vectors: Float64Array.from(vectors.transpose().to1DArray()),
  };
}
