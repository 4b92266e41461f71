import type * as tf from "@tensorflow/tfjs-core";
import type { TokenGrid, TokenScale } from "./tokens.js";

/** Form of a grid, without the batch. */
export type GridShape = readonly [height: number, width: number, channels: number];

/** Where a cell refines, and in which scales. What takes or gives tensors is for traces. */
export interface Space {
  /** Of each scale, coarsest first. */
  readonly tokens: readonly TokenGrid[];
  /** Form of the walk's state before each scale and, last, after them all. */
  readonly states: readonly GridShape[];
  scales(): readonly TokenScale[];
  /** What the walk encodes, of the finest state [B, ...]. */
  data(finest: tf.Tensor): readonly tf.Tensor[];
}

/** What turns images into states of unit size and back: all that cells of a space share. */
export interface Domain {
  /** Of the items that training reads: images or latents. */
  readonly item: GridShape;
  /** The finest state of items [B, ...item]: centred, of unit mean square. */
  standardised(items: tf.Tensor): tf.Tensor;
  /** Images [B, 28, 28, 1], not yet rounded or cut to [0, 1], of the finest state. */
  images(finest: tf.Tensor): tf.Tensor;
}
