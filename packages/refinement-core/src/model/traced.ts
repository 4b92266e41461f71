import { trace, type Program, type TensorType, type Tree } from "@nextscale/engine";
import type { MapLeaves } from "../refiner/parameters.js";
import type * as tf from "@tensorflow/tfjs-core";

/** The tree of types that describes a tree of tensors: the same fields, a type at each leaf. */
export type TypesOf<Tensors> = MapLeaves<Tensors, tf.Tensor, TensorType>;

/**
 * `trace` for a function of named inputs. The compiler holds the signature against the function's parameter, which the
 * general `trace`, made for trees of any form, cannot do for declared types.
 */
export function traceTyped<Inputs>(signature: TypesOf<Inputs>, fn: (inputs: Inputs) => Tree<tf.Tensor>): Program {
  return trace(fn as unknown as (inputs: Tree<tf.Tensor>) => Tree<tf.Tensor>, signature as Tree<TensorType>);
}
