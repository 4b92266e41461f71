import { f32, i32, type TensorType } from "@nextscale/engine";
import { parameterTypes, SHAPES_ONLY, type TypesOf } from "@nextscale/refinement-core";
import { codingOf } from "../codes/encode-graph.js";
import type { GraphModelConfig } from "../config/config.js";
import { PAIRS } from "../pyramid/candidates.js";
import { graphRefiner, type GraphRefinerParameters, type RefinerTensors } from "./graph-refiner.js";
import { nodeFeatures, type Capacity } from "./inputs.js";

/** Types of the network's parameters. */
export function refinerTypes(config: GraphModelConfig): TypesOf<GraphRefinerParameters> {
  return parameterTypes(graphRefiner(codingOf(config)).init(SHAPES_ONLY));
}

/** Types of the arrays of `refinerInputs`. */
export function inputTypes(
  config: GraphModelConfig,
  { items, nodes, groups }: Capacity,
): { readonly [K in keyof RefinerTensors]: TensorType } {
  const pairs = [items, groups, PAIRS] as const;
  return {
    nodes: f32(items, nodes, nodeFeatures(config)),
    mask: f32(items, nodes),
    pairs: i32(items, nodes, nodes),
    first: i32(...pairs),
    second: i32(...pairs),
    places: i32(...pairs),
    present: f32(...pairs),
    forms: i32(items, groups),
    limits: i32(items, nodes, config.nodeLabels + 1),
  };
}
