import type * as tf from "@tensorflow/tfjs-core";
import type { HostParameters, Initialiser } from "./parameters.js";

/** A network as a pair: parameters to start from, and the function of inputs that parameters make. Both are pure. */
export interface Network<P, Inputs extends readonly unknown[]> {
  /** Initial parameters; `random` also says where in a larger tree they live. */
  init(random: Initialiser): HostParameters<P>;
  /** The function itself: ordinary tfjs-core code, in or out of a trace. */
  apply(params: P, ...inputs: Inputs): tf.Tensor;
}
