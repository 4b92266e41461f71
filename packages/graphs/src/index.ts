export { componentsOf, isConnected } from "./graph/components.js";
export {
  degreeOf,
  edgeLabel,
  edgesOf,
  GRAPH_LIMITS,
  graphOf,
  neighboursOf,
  permuted,
  type Edge,
  type Graph,
  type GraphParts,
} from "./graph/graph.js";

// metrics
export { graphKey } from "./graph/colour-refinement.js";
export { gridGraph, isGrid, type GridShape } from "./graph/grid-graph.js";
export { areIsomorphic, findIsomorphism, type Isomorphism, type IsomorphismOptions } from "./graph/isomorphism.js";
export {
  isomorphismClasses,
  isomorphismIndex,
  type IndexMatch,
  type IsomorphismClasses,
  type IsomorphismIndex,
} from "./graph/isomorphism-index.js";
export { orbitCounts } from "./graph/orbit-counts.js";
export { isPlanar } from "./graph/planarity.js";
export { isLobster, isTree } from "./graph/tree.js";
export { fitGraphMetrics, type GraphDistances, type GraphMetrics } from "./metrics/graph-metrics.js";
export type { GraphStatistic } from "./metrics/descriptors.js";
export type { KernelSet } from "./metrics/kernels.js";
export { classifierDiscrepancy, type ClassifierDiscrepancy } from "./metrics/classifier-discrepancy.js";
export { distanceRatio, type DistanceRatio } from "./metrics/distance-ratio.js";
export {
  evaluateGraphs,
  type EvaluateGraphsOptions,
  type GraphFloors,
  type GraphReport,
  type SetSize,
  type Spread,
} from "./metrics/evaluate-graphs.js";
export { sbmAcceptance, type SbmAcceptance } from "./metrics/sbm-acceptance.js";
export { shareOf, type Share } from "./metrics/share.js";
export {
  uniqueNovel,
  validUniqueNovel,
  type UniqueNovelReport,
  type VunOptions,
  type VunReport,
} from "./metrics/valid-unique-novel.js";
