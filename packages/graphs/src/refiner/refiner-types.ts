import { f32, i32 } from "@nextscale/engine";
import { parameterTypes, SHAPES_ONLY, type TypesOf } from "@nextscale/refinement-core";
import { codingOf } from "../codes/encode-graph.js";
import type { GraphModelConfig } from "../config/config.js";
import { PAIRS } from "../pyramid/candidates.js";
import { graphRefiner, type GraphRefinerParameters } from "./graph-refiner.js";
import { nodeFeatures, type Capacity, type RefinerTensors } from "./inputs.js";
import { walkFeatures } from "./pair-states.js";
import { mostLinks } from "./link-inputs.js";

/** Types of the network's parameters. */
export function refinerTypes(config: GraphModelConfig): TypesOf<GraphRefinerParameters> {
  return parameterTypes(graphRefiner(codingOf(config)).init(SHAPES_ONLY));
}

/** Types of the arrays of `refinerInputs`. */
export function inputTypes(config: GraphModelConfig, capacity: Capacity): TypesOf<RefinerTensors> {
  const { items, nodes, groups } = capacity;
  const { summaries } = config.network;
  const pairs = [items, groups, PAIRS] as const;
  const common = {
    nodes: f32(items, nodes, nodeFeatures(config)),
    mask: f32(items, nodes),
    first: i32(...pairs),
    second: i32(...pairs),
    places: i32(...pairs),
    present: f32(...pairs),
    forms: i32(items, groups),
    limits: i32(items, nodes, config.nodeLabels + 1),
  };
  if (summaries === undefined) return { ...common, pairs: i32(items, nodes, nodes) };
  const links = mostLinks(capacity);
  return {
    ...common,
    from: i32(items, links),
    to: i32(items, links),
    states: i32(items, links),
    between: f32(items, links, walkFeatures(config.network)),
    returns: f32(items, nodes, walkFeatures(config.network)),
  };
}
