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
