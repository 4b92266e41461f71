import { degreeOf, type Graph } from "../graph/graph.js";
import { orbitCounts, ORBITS } from "../graph/orbit-counts.js";
import { countTriangles } from "../graph/triangles.js";
import { histogram, normalised } from "./histogram.js";
import { laplacianSpectrum } from "./spectrum.js";
import { waveletHistogram } from "./wavelets.js";

/** What graphs are compared by. */
export type GraphStatistic = "degree" | "clustering" | "orbit" | "spectral" | "wavelet";

/** Vectors of one graph, by statistic. */
export type GraphDescriptors = Readonly<Partial<Record<GraphStatistic, Float64Array>>>;

/** Of local clustering coefficients, in [0, 1]. */
const CLUSTERING_BINS = { count: 100, low: 0, high: 1 };

/** Of eigenvalues; the lower bound keeps a rounded 0 in. */
const SPECTRAL_BINS = { count: 200, low: -1e-5, high: 2 };

/** Share of nodes of each degree, [largest degree + 1]. */
export function degreeDescriptor(graph: Graph): Float64Array {
  const degrees = Array.from({ length: graph.nodeCount }, (_, v) => degreeOf(graph, v));
  const counts = new Float64Array(degrees.reduce((most, degree) => Math.max(most, degree), 0) + 1);
  for (const degree of degrees) counts[degree]! += 1;
  return normalised(counts);
}

/** Share of nodes by local clustering coefficient, [100]; below two neighbours it is 0. */
export function clusteringDescriptor(graph: Graph): Float64Array {
  const { ofNode } = countTriangles(graph);
  const coefficients = ofNode.map((triangles, v) => {
    const degree = degreeOf(graph, v);
    return triangles === 0 ? 0 : (2 * triangles) / (degree * (degree - 1));
  });
  return normalised(histogram(coefficients, CLUSTERING_BINS));
}

/** Orbit counts (see {@link orbitCounts}), mean over nodes, [15]. */
export function orbitDescriptor(graph: Graph): Float64Array {
  const means = new Float64Array(ORBITS);
  const counts = orbitCounts(graph);
  counts.forEach((count, at) => (means[at % ORBITS]! += count));
  return means.map((sum) => sum / graph.nodeCount);
}

/**
 * The vectors of a graph with nodes.
 *
 * @throws NextscaleError `invalid-argument` for a graph with too many nodes for a spectrum, or too dense for its orbits
 */
export function describeGraph(graph: Graph, statistics: readonly GraphStatistic[]): GraphDescriptors {
  const wanted = new Set(statistics);
  const spectrum = wanted.has("spectral") || wanted.has("wavelet") ? laplacianSpectrum(graph) : undefined;
  return {
    ...(wanted.has("degree") ? { degree: degreeDescriptor(graph) } : {}),
    ...(wanted.has("clustering") ? { clustering: clusteringDescriptor(graph) } : {}),
    ...(wanted.has("orbit") ? { orbit: orbitDescriptor(graph) } : {}),
    ...(spectrum !== undefined && wanted.has("spectral") ? { spectral: spectralDescriptor(spectrum.values) } : {}),
    ...(spectrum !== undefined && wanted.has("wavelet") ? { wavelet: normalised(waveletHistogram(spectrum)) } : {}),
  };
}

/** Share of eigenvalues of the normalised Laplacian, [200]. Its source normalises twice: first to a sum of exactly 1. */
function spectralDescriptor(eigenvalues: Float64Array): Float64Array {
  const counts = histogram(eigenvalues, SPECTRAL_BINS);
  return normalised(counts.map((count) => count / eigenvalues.length));
}
