import { f32, i32, softmaxCrossEntropy, stopGradient, type TensorType } from "@nextscale/engine";
import {
  concatenate,
  corrupted,
  encode,
  gaussianPyramid,
  integers,
  randomStream,
  tensorGrid,
  uniforms,
  walk,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { codeShapes, type CategoricalHeadConfig } from "../config/head-config.js";
import { fieldQuantiser } from "../head/field-quantiser.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import { passesOver } from "../refiner/passes.js";
import type { FittedScale } from "./fit-quantiser.js";
import { levelFrequencies } from "./level-frequencies.js";
import type { Objective } from "./objective.js";
import { tokenAreas } from "./token-areas.js";

/**
 * The codes of what the anchor misses, made on the way, with some of them wrong and the targets of the finer scales recomputed.
 *
 * Loss: the cross-entropy of the codes of each scale (eq. 18), by area, as a share of what the codes' frequencies alone would
 * give, so every scale begins at 1. Scales weigh as the root of the nats that they hold: by the nats themselves the finest
 * would be all that counts, and with equal weights the few codes of the coarsest would drown the others in noise.
 *
 * @param fitted how often each code occurs
 * @param corruption largest share of a state's codes that are made wrong
 */
export function categoricalObjective(
  head: CategoricalHeadConfig,
  geometry: FieldGeometry,
  fitted: readonly FittedScale[],
  { seed, corruption }: { readonly seed: number; readonly corruption: number },
): Objective {
  const { grid, pyramid, scales, tokens } = geometry;
  const coarsening = fieldPyramid(tensorGrid, grid, pyramid.factors, pyramid.expansion);
  const codes = codeShapes(head.quantiser);
  const [move, frequencies] =
    head.quantiser.kind === "transform"
      ? ([NEIGHBOUR, levelFrequencies] as const)
      : ([ANY, vectorFrequencies] as const);
  const entropies = fitted.map(entropyOf);
  const shares = randomStream(seed, "weather/corruption-share");
  const moves = randomStream(seed, "weather/corruption");
  const colours = randomStream(seed, "weather/colours");
  // What is drawn already in each pass, of the scales that tell tokens that are from those that are not: the finest does always.
  const passes = passesOver(tokens, head.passes);
  const drawnBefore = new Map(
    tokens.flatMap(({ count }, k) => {
      const masks = passes.filter(({ scale }) => scale === k).map(({ before }) => before ?? new Float32Array(count));
      return masks.length > 1 || k === tokens.length - 1 ? [[k, masks] as const] : [];
    }),
  );
  return {
    randomTypes: (items) => ({
      // There is no finer scale that could repair the finest one.
      ...Object.fromEntries(
        codes.slice(0, -1).map(({ dimensions }, k): [string, TensorType] => {
          return [`shift${k}`, i32(items, tokens[k]!.count, dimensions)];
        }),
      ),
      ...Object.fromEntries(
        Array.from(drawnBefore.keys(), (k): [string, TensorType] => [`drawn${k}`, f32(items, tokens[k]!.count, 1)]),
      ),
    }),
    random(items) {
      const share = uniforms(shares, { items, draws: 1 }).map((value) => value * corruption);
      const shifts = codes.slice(0, -1).map(({ dimensions, levels }, scale): [string, Int32Array] => {
        const { count } = tokens[scale]!;
        const uniform = uniforms(moves, { items, scale, sites: count, draws: dimensions });
        const shift = Int32Array.from(uniform, (value, i) => {
          return move.shift(value / share[Math.floor(i / (count * dimensions))]!, levels);
        });
        return [`shift${scale}`, shift];
      });
      const drawn = Array.from(drawnBefore, ([k, masks]): [string, Float32Array] => {
        // The finest scale's choices are those of a model in which no other has several passes.
        const scale = k === tokens.length - 1 ? 0 : k + 1;
        const chosen = integers(colours, { items, scale, draws: 1 }, masks.length);
        return [`drawn${k}`, concatenate(Array.from(chosen, (pass) => masks[pass]!))];
      });
      return { ...Object.fromEntries(shifts), ...Object.fromEntries(drawn) };
    },
    losses(network, weights, missed, random) {
      const levels = gaussianPyramid(coarsening, missed, pyramid.factors.length);
      const coder = fieldQuantiser(head.quantiser, weights);
      const moved = (k: number, chosen: tf.Tensor) => {
        const shift = random[`shift${k}`];
        return shift === undefined ? chosen : move.within(tf.add(chosen, shift), codes[k]!.levels);
      };
      const visits = [...walk(scales, tf.zerosLike(levels.at(-1)!), corrupted(coder, encode(coder, levels), moved))];
      const encoding = network.encode();
      const losses = visits.map(({ context, targets, value }, k) => {
        const { dimensions, levels: count } = codes[k]!;
        const size = tokens[k]!.count;
        const drawn = random[`drawn${k}`];
        const seen = drawn === undefined ? context : scales[k]!.refine(context, tf.mul(value, drawn), context);
        const output = network.refine(k, stopGradient(seen), encoding, drawn);
        const logits = tf.reshape(output, [network.items, size, dimensions, count]);
        const nats = tf.sum(softmaxCrossEntropy(logits, targets), -1);
        const areas = tokenAreas(grid, tokens[k]!);
        const weights =
          drawn === undefined ? areas : tf.mul(areas, tf.sub(1, tf.reshape(drawn, [network.items, size])));
        const items = drawn === undefined ? network.items : 1;
        return tf.div(tf.sum(tf.mul(nats, weights)), tf.mul(tf.sum(weights), items * entropies[k]!));
      });
      const roots = tokens.map(({ count }, k) => Math.sqrt(count * entropies[k]!));
      const total = roots.reduce((sum, root) => sum + root, 0);
      const loss = tf.addN(losses.map((one, k) => tf.mul(one, roots[k]! / total)));
      return { loss, ...Object.fromEntries(losses.map((one, k) => [`scale${k + 1}`, one])) };
    },
    startingFrom: (initial) => ({
      ...initial,
      scales: initial.scales.map((scale, k) => {
        const { counts, levels } = fitted[k]!;
        const logarithms = frequencies(counts, levels).map(Math.log);
        const { weight, bias } = scale.head;
        const data = bias.data.map((_, at) => logarithms[at % logarithms.length]!);
        return { ...scale, head: { weight, bias: { ...bias, data } } };
      }),
    }),
  };
}

/** How a code is made wrong. */
interface Move {
  /** What is added to a code. @param share uniform from 0; from 1 on the code stays as it is */
  shift(share: number, levels: number): number;
  /** Brings shifted codes back among `levels`. */
  within(codes: tf.Tensor, levels: number): tf.Tensor;
}

/** To a level beside it: levels are in order. */
const NEIGHBOUR: Move = {
  shift: (share) => (share < 0.5 ? -1 : share < 1 ? 1 : 0),
  within: (codes, levels) => tf.maximum(tf.minimum(codes, tf.scalar(levels - 1, "int32")), tf.scalar(0, "int32")),
};

/** To any other: vectors are in no order. */
const ANY: Move = {
  shift: (share, levels) => (share < 1 ? Math.floor(share * levels) : 0),
  within: (codes, levels) => tf.mod(codes, tf.scalar(levels, "int32")),
};

/** Nats of a token by the codes' frequencies alone. */
function entropyOf({ counts, levels }: FittedScale): number {
  const total = counts.subarray(0, levels).reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count > 0 ? sum - (count / total) * Math.log(count / total) : sum), 0);
}

/** How often each vector is to be expected: half a time more than it occurred, so that none is impossible. */
function vectorFrequencies(counts: Float64Array, vectors: number): Float64Array {
  const total = counts.subarray(0, vectors).reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (count + 0.5) / (total + vectors / 2));
}
