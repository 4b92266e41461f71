import { f32, i32, softmaxCrossEntropy, type Program, type TensorType } from "@nextscale/engine";
import {
  scheduledTypes,
  traceTyped,
  updateWeights,
  weightStateTypes,
  type ScheduledInputs,
  type TypesOf,
  type WeightState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Coding } from "../codes/encode-graph.js";
import type { GraphTrainingConfig } from "../config/config.js";
import { graphRefiner, type GraphRefinerParameters } from "../refiner/graph-refiner.js";
import type { Capacity, RefinerTensors } from "../refiner/inputs.js";
import { inputTypes, refinerTypes } from "../refiner/refiner-types.js";

/** What the network is to say, and what of it counts. */
export type Targets<T> = {
  readonly splits: T;
  readonly patterns: T;
  /** Weight of each code that the network is asked for, [items, nodes] or [items, groups]; 0 for the others. */
  readonly splitWeights: T;
  readonly patternWeights: T;
};

type Inputs = ScheduledInputs & {
  readonly state: WeightState<GraphRefinerParameters>;
  readonly inputs: RefinerTensors;
  readonly targets: Targets<tf.Tensor>;
};

/** As for the transformers of images and weather. */
const BETAS = [0.9, 0.95] as const;

/** Moved along orthogonalised directions: the matrices of attention and feed-forward layers. */
const isHiddenMatrix = (path: string, { shape }: { readonly shape: readonly number[] }): boolean =>
  shape.length === 2 && /(^|\/)block\//.test(path);

/** Types of the arrays of targets. */
export function targetTypes({ items, nodes, groups }: Capacity): Targets<TensorType> {
  return {
    splits: i32(items, nodes),
    patterns: i32(items, groups),
    splitWeights: f32(items, nodes),
    patternWeights: f32(items, groups),
  };
}

/** One training step: the mean cross-entropy of the codes that are asked for. */
export function refinerProgram(coding: Coding, { weightDecay }: GraphTrainingConfig, capacity: Capacity): Program {
  const refiner = graphRefiner(coding);
  const { config } = coding;
  const signature: TypesOf<Inputs> = {
    ...scheduledTypes,
    state: weightStateTypes(refinerTypes(config)),
    inputs: inputTypes(config, capacity),
    targets: targetTypes(capacity),
  };
  return traceTyped<Inputs>(signature, ({ state, inputs, targets, ...scheduled }) => {
    const logits = refiner.apply(state.parameters, inputs);
    const parts = {
      splits: [logits.splits, targets.splits, targets.splitWeights],
      patterns: [logits.patterns, targets.patterns, targets.patternWeights],
    } as const;
    const sums = Object.entries(parts).map(([name, [of, target, weights]]) => {
      const [a = 0, b = 0, classes = 0] = of.shape;
      const entropy = softmaxCrossEntropy(tf.reshape(of, [a * b, classes]), tf.reshape(target, [a * b]));
      const flat = tf.reshape(weights, [a * b]);
      return [name, tf.sum(tf.mul(entropy, flat)), tf.sum(flat)] as const;
    });
    const total = sums.reduce((sum, [, , weight]) => tf.add(sum, weight), tf.scalar(1e-6) as tf.Tensor);
    const loss = tf.div(
      sums.reduce((sum, [, part]) => tf.add(sum, part), tf.scalar(0) as tf.Tensor),
      total,
    );
    const means = Object.fromEntries(sums.map(([name, sum, weight]) => [name, tf.div(sum, tf.maximum(weight, 1e-6))]));
    const next = updateWeights(loss, state, scheduled, { betas: BETAS, weightDecay, orthogonalised: isHiddenMatrix });
    return { loss, ...means, state: next };
  });
}
