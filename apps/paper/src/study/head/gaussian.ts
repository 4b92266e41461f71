import { f32, i32 } from "@nextscale/engine";
import {
  encode,
  gaussianHead,
  gaussianNats,
  identityQuantiser,
  normals,
  parameterTypes,
  randomStream,
  sampled,
  SHAPES_ONLY,
  traceTyped,
  walk,
  type GaussianHeadParameters,
  type GaussianOutput,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { cellNetwork, type CellParameters } from "../network/cell-network.js";
import type { StudySettings } from "../settings.js";
import { SAMPLE_STREAM, type CellModel, type OneRunInputs, type OneRunSampler } from "./cell-model.js";
import type { ContinuousCell } from "./continuous.js";

/** Deviations are kept from 0.7 % to 20 times the scale's own: borders of digits are always black. */
const LOG_DEVIATION = { least: -5, most: 3 } as const;

/** A Gaussian in place of a code: the same scales, residuals as they are, each number with a mean and a deviation of its own. */
export interface GaussianModel extends CellModel<GaussianHeadParameters>, ContinuousCell {
  readonly head: "gaussian";
  readonly sampler: OneRunSampler;
  /** What the network says of a scale's residuals, in their deviation, each [B, sites, width]. */
  predict(
    params: CellParameters<GaussianHeadParameters>,
    k: number,
    context: tf.Tensor,
    labels: tf.Tensor,
  ): GaussianOutput;
}

/** One evaluation a scale: "a Gaussian regression head" (section 6 (ii)). */
export function gaussianModel(
  { domain, space, deviations }: ContinuousCell,
  { backbone }: Pick<StudySettings, "backbone">,
): GaussianModel {
  const { tokens, states: shapes } = space;
  const network = cellNetwork(backbone, tokens, {
    ...{ context: "markov", ownInputs: 1, commonInputs: 0 },
    headOf: ({ width }) => gaussianHead(width),
  });
  const types = parameterTypes(network.init(SHAPES_ONLY));
  const start = (items: number): tf.Tensor => tf.zeros([items, ...shapes[0]!]);
  const predict: GaussianModel["predict"] = (params, k, own, labels) =>
    clipped(network.one(params, k, { own }, network.start(params, labels)).output);
  const noiseTypes = (items: number) =>
    Object.fromEntries(tokens.map(({ sites, width }, k) => [`${k}`, f32(items, sites, width)]));
  return {
    head: "gaussian",
    ...{ domain, space, deviations, types, init: network.init, predict },
    random: { types: () => ({}), draw: () => ({}) },
    loss(params, states, labels) {
      const policy = encode(identityQuantiser<tf.Tensor>(), space.data(states));
      const visits = [...walk(space.scales(), start(states.shape[0]), policy)];
      const outputs = network.all(params, visits.map(({ context: own }) => ({ own })), labels); // prettier-ignore
      const nats = visits.map(({ codes }, k) => {
        return tf.div(gaussianNats(clipped(outputs[k]!), tf.div(codes, deviations[k]!)), tokens[k]!.width);
      });
      return tf.mean(tf.concat(nats, 1));
    },
    sampler: {
      kind: "next-scale",
      noise: {
        types: noiseTypes,
        draw(seed, items) {
          const stream = randomStream(seed, SAMPLE_STREAM);
          const drawn = tokens.map(({ sites, width: draws }, scale) => {
            return [`${scale}`, normals(stream, { items, scale, sites, draws })] as const;
          });
          return Object.fromEntries(drawn);
        },
      },
      program(items) {
        const signature = { parameters: types, labels: i32(items), temperature: f32(), noise: noiseTypes(items) };
        return traceTyped<OneRunInputs<GaussianHeadParameters>>(signature, (inputs) => {
          const { parameters, labels, temperature, noise } = inputs;
          const predictStep =
            () =>
            ({ index, context }: { readonly index: number; readonly context: tf.Tensor }) =>
              predict(parameters, index, context, labels);
          const draw = (k: number, { mean, logDeviation }: GaussianOutput): tf.Tensor => {
            const scatter = tf.mul(tf.mul(tf.exp(logDeviation), noise[`${k}`]!), temperature);
            return tf.mul(tf.add(mean, scatter), deviations[k]!);
          };
          const policy = sampled(identityQuantiser<tf.Tensor>(), predictStep, draw);
          return { images: domain.images([...walk(space.scales(), start(items), policy)].at(-1)!.state) };
        });
      },
    },
  };
}

function clipped({ mean, logDeviation }: GaussianOutput): GaussianOutput {
  const { least, most } = LOG_DEVIATION;
  return { mean, logDeviation: tf.minimum(tf.maximum(logDeviation, least), most) };
}
