import type { Attributes } from "../ir/program.js";
import type { TensorType } from "../ir/tensor-type.js";

/**
 * How a value relates to the tiles that a batch is processed in.
 *
 * - `whole`: the same for every tile; known before the first one
 * - `split`: tile t is block t of an axis
 * - `sum`: what the tiles compute, added up and multiplied by `scale`
 * - `after`: needs a sum, or everything of a split value; known after the last tile
 */
export type Division =
  | { readonly kind: "whole" }
  | { readonly kind: "split"; readonly axis: number }
  | { readonly kind: "sum"; readonly scale: number }
  | { readonly kind: "after" };

/** An input of a node, as a rule sees it. */
export interface DividedInput {
  readonly type: TensorType;
  /** The axis along which it is split; null for a whole value. */
  readonly axis: number | null;
}

/** A node with at least one split input and otherwise whole ones. */
export interface DividedNode {
  readonly op: string;
  readonly inputs: readonly DividedInput[];
  readonly outputs: readonly TensorType[];
  readonly attributes: Attributes;
  /** Number of tiles. */
  readonly tiles: number;
}

/** How a node runs tile by tile. */
export interface TiledNode {
  /** For each input the axis of which it reads a block; null to read the whole of a whole value. */
  readonly read: readonly (number | null)[];
  readonly outputs: readonly Division[];
  /** Attributes in one tile. */
  readonly attributes: Attributes;
}

/** Says how an operation runs tile by tile, or null if it cannot. */
export type DivisionRule = (node: DividedNode) => TiledNode | null;
