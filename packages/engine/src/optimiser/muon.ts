import * as tf from "@tensorflow/tfjs-core";
import { isTensor } from "../trace/trace.js";
import { mapTree, type Tree } from "../trace/tree.js";
import { adamW, DEFAULT_DECAY, type AdamWOptions, type AdamWState } from "./adamw.js";
import { demandWithin, leavesOf, refused, type Leaves } from "./checks.js";
import { orthogonalise } from "./orthogonalise.js";

const WHERE = "engine/muon";

/** Constants of Muon that are fixed for a whole training. */
export interface MuonOptions extends AdamWOptions {
  /**
   * Which parameters are moved along orthogonalised directions, by path: hidden matrices, not embeddings or heads. Filters of
   * convolutions count as matrices [receptive field * channels, channels]: all axes but the last are one.
   */
  readonly orthogonalised: (path: string, tensor: tf.Tensor) => boolean;
  /** Decay of their moment average, in [0, 1); default 0.95. */
  readonly momentum?: number;
}

/** Root mean square of an AdamW update in units of the learning rate, which both kinds of parameters then share. */
const UPDATE_SIZE = 0.2;

/**
 * One step of Muon for the hidden matrices of a network and of AdamW for everything else, as traced code: K. Jordan et al.,
 * "Muon: an optimizer for hidden layers in neural networks" (2024), with Nesterov momentum, and with the update sizes of
 * AdamW (J. Liu et al. 2025, "Muon is scalable for LLM training", eq. 4), so that one learning rate and decay serve both.
 *
 * @param state AdamW's; the second moments of orthogonalised matrices are not used and stay as they are
 * @param learningRate scalar tensor, already scheduled
 * @returns new parameters and state, of the same form
 * @throws NextscaleError `invalid-argument` for a constant outside its range, gradients or moments of another form, or a
 *   parameter to orthogonalise of less than two axes
 */
export function muon<T extends Tree<tf.Tensor>>(
  parameters: T,
  gradients: T,
  state: AdamWState<T>,
  learningRate: tf.Tensor,
  options: MuonOptions,
): { parameters: T; state: AdamWState<T> } {
  const { orthogonalised, momentum = 0.95, weightDecay = DEFAULT_DECAY } = options;
  demandWithin(WHERE, "momentum", momentum, 0, 1);
  // Checks the forms of all trees too.
  const others = adamW(parameters, gradients, state, learningRate, options);
  const retained = tf.sub(1, tf.mul(learningRate, weightDecay));

  /** `others` with its leaves replaced where a matrix is orthogonalised. */
  const replaced = (tree: T, leaf: (path: string) => tf.Tensor) =>
    mapTree<tf.Tensor, tf.Tensor>(tree, isTensor, (old, path) => (orthogonalised(path, old) ? leaf(path) : old)) as T;
  const [p, g, m, v] = [parameters, gradients, state.first, state.second].map(leavesOf) as [
    Leaves,
    Leaves,
    Leaves,
    Leaves,
  ];
  const first = replaced(others.state.first, (path) => tf.add(tf.mul(m.get(path)!, momentum), g.get(path)!));
  const next = leavesOf(first);
  const moved = (path: string): tf.Tensor => {
    const weight = p.get(path)!;
    if (weight.rank < 2) throw refused(WHERE, `at least two axes at ${path}`, `shape [${weight.shape.join(",")}]`);
    const columns = weight.shape.at(-1)!;
    const rows = weight.size / columns;
    const ahead = tf.add(g.get(path)!, tf.mul(next.get(path)!, momentum));
    const direction = tf.reshape(orthogonalise(tf.reshape(ahead, [rows, columns])), weight.shape);
    const size = tf.mul(learningRate, UPDATE_SIZE * Math.sqrt(Math.max(rows, columns)));
    return tf.sub(tf.mul(weight, retained), tf.mul(direction, size));
  };
  return {
    parameters: replaced(others.parameters, moved),
    state: { first, second: replaced(others.state.second, (path) => v.get(path)!), step: others.state.step },
  };
}
