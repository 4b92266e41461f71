import { f32, i32, type Program } from "@nextscale/engine";
import {
  concatenate,
  dataFactors,
  gaussianBound,
  normals,
  permutation,
  randomStream,
  reverseDeviations,
  traceTyped,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { EpsilonModel } from "../head/epsilon.js";
import type { CellParameters } from "../network/cell-network.js";
import { ratioOf } from "../sampling/draw-samples.js";
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

/** Noisy residuals of each time of each scale whose error is averaged, at least. */
const DRAWS = 2;

/**
 * DDPM's bound of a denoising cell, scale after scale: at each the divergences of T steps from noise to z_1, for the residual
 * against what the samples of coarser scales, denoised z_1, amount to. Latent variables again, as for Gaussians: a bound
 * whatever the pyramid holds. Of the two fixed variances of the reverse step each scale has that which is better for `known`
 * items: chosen by the wanted ones themselves it would be a bound of no model.
 *
 * @returns also `means`, what the known items decode to: for the distribution of pixels around it
 */
export async function denoisingCost(
  model: EpsilonModel,
  measured: Measured,
  { known, wanted }: { readonly known: SomeItems; readonly wanted: SomeItems },
): Promise<ModelBound & { readonly means: Float32Array }> {
  const learnt = await walkItems(model, measured, known);
  const walked = await walkItems(model, measured, wanted);
  let nats = 0;
  for (const [k, { sites, width }] of model.space.tokens.entries()) {
    const [ofKnown, bounds] = [await boundsOf(model, measured, k, learnt), await boundsOf(model, measured, k, walked)];
    nats += sites * width * (ofKnown.small <= ofKnown.large ? bounds.small : bounds.large);
  }
  return { nats, images: walked.images, means: learnt.images };
}

/** The first items of a set. */
export interface SomeItems {
  readonly items: TrainingItems;
  readonly count: number;
}

/** Nats of a number of a scale, with each variance. */
async function boundsOf(
  model: EpsilonModel,
  measured: Measured,
  k: number,
  walked: Walked,
): Promise<Readonly<Record<"small" | "large", number>>> {
  const statistics = await errorsOf(model, measured, k, walked);
  const bound = (variance: "small" | "large"): number => {
    const { schedule } = model.process;
    const { total, decoder } = gaussianBound(schedule, reverseDeviations(schedule, variance), statistics);
    return total - decoder;
  };
  return { small: bound("small"), large: bound("large") };
}

/** What the walk of items leaves at each scale. */
interface Walked {
  readonly count: number;
  readonly labels: ArrayLike<number>;
  /** For each scale [count, sites, width]. */
  readonly contexts: readonly Float32Array[];
  readonly residuals: readonly Float32Array[];
  readonly images: Float32Array;
}

async function walkItems(model: EpsilonModel, measured: Measured, { items, count }: SomeItems): Promise<Walked> {
  const { tokens } = model.space;
  const parts = tokens.map(() => ({ contexts: [] as Float32Array[], residuals: [] as Float32Array[] }));
  const images: Float32Array[] = [];
  const program = { name: "walk", build: () => walkProgram(model), drawn: tokens };
  await overItems(measured, program, items, count, (outputs, kept) => {
    images.push(keptRows(outputs["images"], 784, kept));
    parts.forEach(({ contexts, residuals }, k) => {
      const size = tokens[k]!.sites * tokens[k]!.width;
      contexts.push(keptRows(outputs[`contexts/${k}`], size, kept));
      residuals.push(keptRows(outputs[`residuals/${k}`], size, kept));
    });
  });
  return {
    ...{ count, labels: items.labels, images: concatenate(images) },
    contexts: parts.map(({ contexts }) => concatenate(contexts)),
    residuals: parts.map(({ residuals }) => concatenate(residuals)),
  };
}

type Params = CellParameters<LinearParameters>;

/** `items`, `labels`, `random/e...` -> `contexts/k`, `residuals/k` in deviations of the scale, and `images`. */
function walkProgram(model: EpsilonModel): Program {
  const { domain, space, deviations, process } = model;
  const first = process.schedule[1]!;
  const factors = dataFactors(process.parameterisation, first);
  return traceTyped<NoisyItemInputs<Params>>(noisyItemTypes(model), ({ parameters, items, labels, random: e }) => {
    const data = space.data(domain.standardised(items));
    const level = tf.fill([BOUND_BATCH], ratioOf(first));
    let state: tf.Tensor = tf.zeros([BOUND_BATCH, ...space.states[0]!]);
    const steps = space.scales().map((scale, k) => {
      const context = scale.context(state);
      const residual = tf.div(scale.residual(data, context), deviations[k]!);
      const noisy = tf.add(tf.mul(residual, first.signal), tf.mul(e[`e${k}`]!, first.noise));
      const said = model.predict(parameters, k, { context, noisy, level }, labels);
      const value = tf.add(tf.mul(noisy, factors.state), tf.mul(said, factors.prediction));
      state = scale.refine(state, tf.mul(value, deviations[k]!), context);
      return { context, residual };
    });
    return {
      contexts: steps.map(({ context }) => context),
      residuals: steps.map(({ residual }) => residual),
      images: domain.images(state),
    };
  });
}

/** Mean square of a scale's residuals, and the mean squared error of what the network takes them for, at each time. */
async function errorsOf(
  model: EpsilonModel,
  { programs, seed, signal }: Measured,
  k: number,
  { count, labels, contexts, residuals }: Walked,
): Promise<{ readonly power: number; readonly errors: Float64Array }> {
  const { sites, width } = model.space.tokens[k]!;
  const size = sites * width;
  const [context, residual] = [contexts[k]!, residuals[k]!];
  const { parameterisation, schedule } = model.process;
  const times = schedule.length - 1;
  const sums = new Float64Array(times);
  const numbers = new Float64Array(times);
  const stream = randomStream(seed, "paper/study-errors");
  const order = permutation(randomStream(seed, "paper/study-error-items"), count);
  const draws = BOUND_BATCH * Math.ceil((DRAWS * times) / BOUND_BATCH);
  for (let first = 0; first < draws; first += BOUND_BATCH) {
    signal?.throwIfAborted();
    const chosen = Int32Array.from({ length: BOUND_BATCH }, (_, i) => order[placeOf(first + i, times, count)]!);
    const levels = Array.from(chosen, (_, i) => schedule[((first + i) % times) + 1]!);
    const rows = (data: Float32Array): Float32Array =>
      concatenate(Array.from(chosen, (item) => data.subarray(item * size, (item + 1) * size)));
    const each = (of: (level: (typeof levels)[number]) => number) => Float32Array.from(levels, of);
    const outputs = await programs.run(`errors ${k}`, () => errorProgram(model, k), {
      ...{ context: rows(context), residual: rows(residual), labels: Int32Array.from(chosen, (item) => labels[item]!) },
      e: normals(stream, { items: { first, count: BOUND_BATCH }, scale: k, sites, draws: width }),
      ...{ signal: each((level) => level.signal), noise: each((level) => level.noise), level: each(ratioOf) },
      ...{ onState: each((level) => dataFactors(parameterisation, level).state) },
      ...{ onPrediction: each((level) => dataFactors(parameterisation, level).prediction) },
    });
    keptRows(outputs["errors"], 1, BOUND_BATCH).forEach((error, i) => {
      sums[(first + i) % times]! += error;
      numbers[(first + i) % times]! += 1;
    });
  }
  const power = residual.reduce((sum, value) => sum + value * value, 0) / residual.length;
  return { power, errors: sums.map((sum, t) => sum / numbers[t]!) };
}

/** Which item of a random order the n-th draw is of: another one each time a time comes round again. */
function placeOf(n: number, times: number, count: number): number {
  return (n + 7 * Math.floor(n / times)) % count;
}

/** `context`, `residual`, `e`, `labels` and the factors of each item -> `errors` [items]. */
function errorProgram(model: EpsilonModel, k: number): Program {
  type Inputs = {
    readonly parameters: Params;
    readonly context: tf.Tensor;
    readonly residual: tf.Tensor;
    readonly e: tf.Tensor;
    readonly labels: tf.Tensor;
    readonly signal: tf.Tensor;
    readonly noise: tf.Tensor;
    readonly level: tf.Tensor;
    readonly onState: tf.Tensor;
    readonly onPrediction: tf.Tensor;
  };
  const { sites, width } = model.space.tokens[k]!;
  const tokens = f32(BOUND_BATCH, sites, width);
  const number = f32(BOUND_BATCH);
  const signature = {
    ...{ parameters: model.types, context: tokens, residual: tokens, e: tokens, labels: i32(BOUND_BATCH) },
    ...{ signal: number, noise: number, level: number, onState: number, onPrediction: number },
  };
  return traceTyped<Inputs>(signature, ({ parameters, context, residual, e, labels, level, ...factors }) => {
    const times = (x: tf.Tensor, factor: tf.Tensor) => tf.mul(x, tf.reshape(factor, [-1, 1, 1]));
    const noisy = tf.add(times(residual, factors.signal), times(e, factors.noise));
    const said = model.predict(parameters, k, { context, noisy, level }, labels);
    const found = tf.add(times(noisy, factors.onState), times(said, factors.onPrediction));
    return { errors: tf.mean(tf.square(tf.sub(found, residual)), [1, 2]) };
  });
}
