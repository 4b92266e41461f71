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

/** Levels of one capacity. */
type Part = { readonly inputs: RefinerTensors; readonly targets: Targets<tf.Tensor> };

type Inputs = ScheduledInputs & {
  readonly state: WeightState<GraphRefinerParameters>;
  readonly parts: readonly Part[];
};

/** What the codes of each kind count. */
const WEIGHTS = { splits: "splitWeights", patterns: "patternWeights" } as const;

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
export function refinerProgram(
  coding: Coding,
  { weightDecay }: GraphTrainingConfig,
  capacities: readonly Capacity[],
): Program {
  const refiner = graphRefiner(coding);
  const { config } = coding;
  const signature: TypesOf<Inputs> = {
    ...scheduledTypes,
    state: weightStateTypes(refinerTypes(config)),
    parts: capacities.map((capacity) => ({ inputs: inputTypes(config, capacity), targets: targetTypes(capacity) })),
  };
  return traceTyped<Inputs>(signature, ({ state, parts, ...scheduled }) => {
    const asked = parts.map(({ inputs, targets }) => ({ logits: refiner.apply(state.parameters, inputs), targets }));
    const sums = (["splits", "patterns"] as const).map((name) => {
      const ofParts = asked.map(({ logits, targets }) => weighted(logits[name], targets[name], targets[WEIGHTS[name]]));
      const [entropy, weight] = [tf.addN(ofParts.map((one) => one.entropy)), tf.addN(ofParts.map((one) => one.weight))];
      return { name, entropy, weight };
    });
    const loss = tf.div(
      tf.addN(sums.map(({ entropy }) => entropy)),
      tf.addN([...sums.map(({ weight }) => weight), tf.scalar(1e-6)]),
    );
    const means = Object.fromEntries(
      sums.map(({ name, entropy, weight }) => [name, tf.div(entropy, tf.maximum(weight, 1e-6))]),
    );
    const next = updateWeights(loss, state, scheduled, { betas: BETAS, weightDecay, orthogonalised: isHiddenMatrix });
    return { loss, ...means, state: next };
  });
}

/** Sums over all codes of a kind: of their cross-entropies, each times its weight, and of the weights. */
function weighted(logits: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) {
  const [a = 0, b = 0, classes = 0] = logits.shape;
  const entropy = softmaxCrossEntropy(tf.reshape(logits, [a * b, classes]), tf.reshape(targets, [a * b]));
  const flat = tf.reshape(weights, [a * b]);
  return { entropy: tf.sum(tf.mul(entropy, flat)), weight: tf.sum(flat) };
}
