import type { Program } from "@nextscale/engine";
import { concatenate, traceTyped, type GaussianHeadParameters } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { GaussianModel } from "../head/gaussian.js";
import type { CellParameters } from "../network/cell-network.js";
import type { TrainingItems } from "../training/study-stage.js";
import {
  BOUND_BATCH,
  keptRows,
  noisyItemTypes,
  overItems,
  type Measured,
  type ModelBound,
  type NoisyItemInputs,
} from "./measured.js";

/** Deviation of what is sent about a residual, in the scale's own, where the network's is not smaller still. */
const SENT_DEVIATION = 0.1;

/**
 * The variational bound of a cell of Gaussians. A pyramid holds more numbers than an image, and its coarse levels are a function of
 * the fine one, so its density is no density of images; but what the network generates, level after level, are latent
 * variables. Sent is a value near each residual, q = N(residual, tau²), the residual against what was sent before; it
 * costs KL(q | p), p the network's Gaussian. Any tau gives a bound.
 */
export async function gaussianCost(
  model: GaussianModel,
  measured: Measured,
  items: TrainingItems,
  count: number,
): Promise<ModelBound> {
  const images: Float32Array[] = [];
  let nats = 0;
  const program = { name: "bound", build: () => gaussianCostProgram(model), drawn: model.space.tokens };
  await overItems(measured, program, items, count, (outputs, kept) => {
    for (const value of keptRows(outputs["nats"], 1, kept)) nats += value;
    images.push(keptRows(outputs["images"], 784, kept));
  });
  return { nats: nats / count, images: concatenate(images) };
}

/** `items`, `labels`, `random/e...` -> `nats` [items] and `images`. */
function gaussianCostProgram(model: GaussianModel): Program {
  type Inputs = NoisyItemInputs<CellParameters<GaussianHeadParameters>>;
  const { domain, space, deviations } = model;
  return traceTyped<Inputs>(noisyItemTypes(model), ({ parameters, items, labels, random: e }) => {
    const data = space.data(domain.standardised(items));
    let state: tf.Tensor = tf.zeros([BOUND_BATCH, ...space.states[0]!]);
    const nats = space.scales().map((scale, k) => {
      const context = scale.context(state);
      const residual = tf.div(scale.residual(data, context), deviations[k]!);
      const { mean, logDeviation } = model.predict(parameters, k, context, labels);
      const deviation = tf.exp(logDeviation);
      const sent = tf.minimum(deviation, SENT_DEVIATION);
      const value = tf.add(residual, tf.mul(sent, e[`e${k}`]!));
      state = scale.refine(state, tf.mul(value, deviations[k]!), context);
      const squares = tf.add(tf.square(sent), tf.square(tf.sub(residual, mean)));
      const divergence = tf.add(tf.log(tf.div(deviation, sent)), tf.div(squares, tf.mul(2, tf.square(deviation))));
      return tf.sum(tf.sub(divergence, 0.5), [1, 2]);
    });
    return { nats: tf.addN(nats), images: domain.images(state) };
  });
}
