import * as tf from "@tensorflow/tfjs-core";

/**
 * Where random walks on a graph go: by their returns nodes tell rings from chains, by the walks between them pairs
 * tell how far apart they are. Unlike eigenvectors, they do not depend on the order of the nodes.
 *
 * @param pairs states of pairs [items, nodes, nodes]: see `pairStates`
 * @param weightOf weights of edges by the state of their pair
 * @returns probabilities after 1 to `length` steps: `returns` [items, nodes, length], `between`, the mean of both directions,
 *   [items, nodes, nodes, length]
 */
export function walksOf(
  pairs: tf.Tensor,
  length: number,
  weightOf: Float32Array,
): { readonly returns: tf.Tensor; readonly between: tf.Tensor } {
  const [items = 0, nodes = 0] = pairs.shape;
  const weights = tf.gather(tf.tensor1d(weightOf), tf.reshape<tf.Rank.R1>(pairs, [-1]));
  const adjacency = tf.reshape(weights, [items, nodes, nodes]);
  const step = tf.div(adjacency, tf.maximum(tf.sum(adjacency, -1, true), 1e-6));
  const identity = tf.tensor(identityMatrix(nodes), [1, nodes, nodes]);
  const powers: tf.Tensor[] = [step];
  while (powers.length < length) powers.push(tf.matMul(powers.at(-1)!, step));
  const returns = tf.stack(
    powers.map((power) => tf.sum(tf.mul(power, identity), -1)),
    -1,
  );
  const between = tf.stack(
    powers.map((power) => tf.mul(tf.add(power, tf.transpose(power, [0, 2, 1])), 0.5)),
    -1,
  );
  return { returns, between };
}

function identityMatrix(size: number): Float32Array {
  return Float32Array.from({ length: size * size }, (_, at) => Number(at % (size + 1) === 0));
}
