import { softmaxCrossEntropy } from "@nextscale/engine";
import { bitNats, mlp, productQuantiser, type HostTensor } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { BITS, networkShapes, outputsOfCode } from "../variant/networks.js";
import type { CodesVariant } from "../variant/variant.js";
import { indexWords, learnedWords } from "./code-words.js";
import { decoded, encoded, type FrozenAutoencoder } from "./frozen.js";
import { constant, type Method } from "./method.js";

/**
 * Setup B: E of the noisy image to the nearest codes of E of the clean one, "which we dequantise to the centroid"; pixels by D.
 *
 * @param codebook [parts, 64, 64 / parts], k-means of clean latents
 */
export function codesMethod(variant: CodesVariant, autoencoder: FrozenAutoencoder, codebook: HostTensor): Method {
  const { apply } = mlp(networkShapes(variant)["predictor"]!);
  const head = variant.head === "softmax" ? softmaxHead : bitwiseHead(wordsOf(variant.head, codebook));
  const perCode = outputsOfCode(variant);
  return {
    loss({ predictor }, { clean, noisy }) {
      const { codes } = productQuantiser([constant(codebook)]).quantise(0, encoded(autoencoder, clean));
      const outputs = apply(predictor!, encoded(autoencoder, noisy));
      return tf.mean(head.nats(tf.reshape(outputs, [-1, variant.parts, perCode]), codes));
    },
    predict({ predictor }, noisy) {
      const outputs = apply(predictor!, encoded(autoencoder, noisy));
      const codes = head.decide(tf.reshape(outputs, [-1, variant.parts, perCode]));
      return decoded(autoencoder, productQuantiser([constant(codebook)]).embed(0, codes));
    },
  };
}

/** The nearest codes of clean images, dequantised: no predictor of these codes can do better. */
export function oracleCodes(autoencoder: FrozenAutoencoder, codebook: HostTensor, clean: tf.Tensor): tf.Tensor {
  return decoded(autoencoder, productQuantiser([constant(codebook)]).quantise(0, encoded(autoencoder, clean)).value);
}

/** What is made of a network's outputs [B, parts, n]. */
interface CodeHead {
  /** -ln of the probability of codes [B, parts], in nats: [B, parts]. */
  readonly nats: (outputs: tf.Tensor, codes: tf.Tensor) => tf.Tensor;
  /** The most probable codes [B, parts]. */
  readonly decide: (outputs: tf.Tensor) => tf.Tensor;
}

const softmaxHead: CodeHead = {
  nats: (logits, codes) => softmaxCrossEntropy(logits, codes),
  decide: (logits) => tf.argMax(logits, 2),
};

function wordsOf(head: keyof typeof BITS, codebook: HostTensor): HostTensor {
  return head === "index-bits" ? indexWords(codebook.shape, BITS[head]) : learnedWords(codebook, BITS[head]);
}

/** Independent bits of the words of a codebook's entries, [parts, V, bits]. */
function bitwiseHead(words: HostTensor): CodeHead {
  const [parts = 0, vocabulary = 0, bits = 0] = words.shape;
  return {
    nats(logits, codes) {
      const first = tf.tensor1d(Int32Array.from({ length: parts }, (_, part) => part * vocabulary), "int32"); // prettier-ignore
      const rows = tf.reshape(constant(words), [parts * vocabulary, bits]);
      return bitNats(logits, tf.gather(rows, tf.add(codes, first)));
    },
    decide(logits) {
      // ln p of a word is the sum of the logits of its ones, less what is the same for all words.
      const scores = tf.matMul(tf.transpose(logits, [1, 0, 2]), constant(words), false, true);
      return tf.transpose(tf.argMax(scores, 2));
    },
  };
}
