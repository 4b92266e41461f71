import { f32, type TensorType } from "@nextscale/engine";
import type { TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { GraphModelConfig } from "../config/config.js";
import type { GraphRefinerParameters } from "../refiner/graph-refiner.js";
import { refinerTypes } from "../refiner/refiner-types.js";

/** Everything that a finished model keeps. */
export type GraphWeights = {
  readonly refiner: GraphRefinerParameters;
  readonly coding: {
    /** Compositions that codes stand for, against the parent's [compositions, labels]. */
    readonly codebook: tf.Tensor;
    /** Composition that a walk starts from [labels]. */
    readonly start: tf.Tensor;
  };
};

/** Types of all weights. */
export function graphWeightTypes(config: GraphModelConfig): TypesOf<GraphWeights> {
  const { compositions, nodeLabels } = config;
  const coding: { readonly codebook: TensorType; readonly start: TensorType } = {
    codebook: f32(compositions, nodeLabels),
    start: f32(nodeLabels),
  };
  return { refiner: refinerTypes(config), coding };
}
