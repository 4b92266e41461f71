import type { MabParameters } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";

/** Takes rows of nodes [items * nodes, C] to where they are wanted: [wanted, C]. */
export type RowsAt = (x: tf.Tensor) => tf.Tensor;

/** Summaries of a level that all its nodes attend to: learned points that attend to all nodes themselves (Lee et al. 2019, ISAB). */
export type SummaryParameters = { readonly inducing: tf.Tensor; readonly gather: MabParameters };

/** A layer in which nodes attend to each other. */
export type AttentionParameters = { readonly block: MabParameters; readonly summary?: SummaryParameters };

/** What the network knows of the pairs of nodes of a batch, and how it deals with them: all of them, or those that may be edges. */
export interface PairView {
  /** Of each pair that is looked at: its state, and the walks between its nodes [pairs, states + walks]. */
  readonly features: tf.Tensor;
  /** Of each node, the returns of random walks [items * nodes, walks]. */
  readonly returns: tf.Tensor;
  /** A layer. @param x [items, nodes, C] @param bias of each pair [pairs, heads] */
  attend(params: AttentionParameters, x: tf.Tensor, bias: tf.Tensor): tf.Tensor;
  /** @param index of nodes in their item [items, groups, 4] */
  rowsAt(index: tf.Tensor): RowsAt;
}
