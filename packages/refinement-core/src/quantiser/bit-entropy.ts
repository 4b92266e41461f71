import * as tf from "@tensorflow/tfjs-core";

/** How sure codes are and how evenly they are used, in nats, one element each. */
export interface CodeEntropies {
  /** Mean over vectors of the entropy of the code given the vector: to be small. */
  readonly perVector: tf.Tensor;
  /** Entropy of the codes of all vectors together: to be large. */
  readonly together: tf.Tensor;
}

/**
 * Entropies when a vector chooses a code with probabilities softmax(2 sharpness x.c), as by its distance from codes of equal
 * length (Yu et al. 2024, eq. 4). Exact, at a cost of N V; for bits see `bitEntropies`.
 *
 * @param vectors [N, d]
 * @param codes values of all codes [V, d]
 * @param sharpness one over the temperature
 */
export function codeEntropies(vectors: tf.Tensor, codes: tf.Tensor, sharpness: number): CodeEntropies {
  const probabilities = tf.softmax(tf.mul(tf.matMul(vectors, codes, false, true), 2 * sharpness));
  return {
    perVector: tf.mean(tf.sum(entropyTerm(probabilities), 1)),
    together: tf.sum(entropyTerm(tf.mean(probabilities, 0))),
  };
}

/**
 * The same for codes that are all combinations of plus or minus a magnitude, bit by bit (Zhao et al. 2024): the entropy of each
 * vector is exactly the sum of its bits'. That of all together is an upper bound: it is the sum of the bits' own, which takes
 * them to be independent.
 *
 * @param vectors [N, d]; of length 1 for binary spherical quantisation
 * @param magnitude of the codes' coordinates; one over the root of d for binary spherical quantisation
 */
export function bitEntropies(vectors: tf.Tensor, magnitude: number, sharpness: number): CodeEntropies {
  const probabilities = tf.sigmoid(tf.mul(vectors, 4 * sharpness * magnitude));
  return {
    perVector: tf.mean(tf.sum(bitEntropy(probabilities), 1)),
    together: tf.sum(bitEntropy(tf.mean(probabilities, 0))),
  };
}

/** What training minimises, perVector - diversity * together: below 0 by design. Its usual weight is 0.1. */
export function entropyLoss({ perVector, together }: CodeEntropies, diversity: number): tf.Tensor {
  return tf.sub(perVector, tf.mul(together, diversity));
}

/** Least probability of which a logarithm is taken: its term is nothing. */
const LEAST = 1e-30;

function entropyTerm(probability: tf.Tensor): tf.Tensor {
  return tf.neg(tf.mul(probability, tf.log(tf.maximum(probability, LEAST))));
}

function bitEntropy(probability: tf.Tensor): tf.Tensor {
  return tf.add(entropyTerm(probability), entropyTerm(tf.sub(1, probability)));
}
