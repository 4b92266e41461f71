import { f32, softmaxCrossEntropy } from "@nextscale/engine";
import {
  drawByInversion,
  encode,
  gaussianPyramid,
  sampled,
  tensorGrid,
  uniforms,
  walk,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { codeShapes, type CategoricalHeadConfig } from "../config/head-config.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import { passesOver, passQuantiser, passScales } from "../refiner/passes.js";
import { fieldQuantiser, quantiserTypes } from "./field-quantiser.js";
import type { HeadWeights, OneRunHead } from "./head.js";
import { logitsOf } from "./logits.js";

/** The paper's head: codes, coarse to fine, each scale given what is drawn of the coarser ones (eq. 17 to 19). */
export function categoricalHead(config: CategoricalHeadConfig, geometry: FieldGeometry): OneRunHead {
  const { grid, channels, pyramid, tokens, scales } = geometry;
  const codes = codeShapes(config.quantiser);
  const passes = passesOver(tokens, config.passes);
  const visited = passScales(scales, passes);
  const coderOf = (weights: HeadWeights) => passQuantiser(fieldQuantiser(config.quantiser, weights), passes);
  const predict = (network: Parameters<OneRunHead["draw"]>[0]) => {
    const encoding = network.encode();
    return ({ index, context }: { readonly index: number; readonly context: tf.Tensor }) => {
      const pass = passes[index]!;
      return logitsOf(network, tokens, pass, codes[pass.scale]!, context, encoding);
    };
  };
  return {
    kind: "one run",
    inputs: 0,
    features: 0,
    outputs: codes.map(({ dimensions, levels }) => dimensions * levels),
    weights: quantiserTypes(
      config.quantiser,
      tokens.map(({ side }) => side ** 2 * channels),
    ),
    evaluations: 1 + passes.length,
    noiseTypes: (items) =>
      Object.fromEntries(codes.map(({ dimensions }, k) => [`scale${k}`, f32(items, tokens[k]!.count, dimensions)])),
    noise: (stream, items) =>
      Object.fromEntries(
        codes.map(({ dimensions }, scale) => {
          return [`scale${scale}`, uniforms(stream, { items, scale, sites: tokens[scale]!.count, draws: dimensions })];
        }),
      ),
    draw(network, weights, noise, sharpness) {
      const draw = (index: number, logits: tf.Tensor): tf.Tensor => {
        const { scale } = passes[index]!;
        return drawByInversion(logits, noise[`scale${scale}`]!, tf.slice(sharpness, [scale], [1]));
      };
      const start = tf.zeros([network.items, tokens[0]!.height, tokens[0]!.width, channels]);
      const policy = sampled(coderOf(weights), () => predict(network), draw);
      return [...walk(visited, start, policy)].at(-1)!.state;
    },
    score(network, weights, missed) {
      const coarsening = fieldPyramid(tensorGrid, grid, pyramid.factors, pyramid.expansion);
      const levels = gaussianPyramid(coarsening, missed, pyramid.factors.length);
      const visits = [...walk(visited, tf.zerosLike(levels.at(-1)!), encode(coderOf(weights), levels))];
      const logits = predict(network);
      const nats = visits.map(({ index, context, codes: chosen }) => {
        const pass = passes[index]!;
        const perToken = tf.sum(softmaxCrossEntropy(logits({ index, context }), chosen), -1);
        return tf.sum(tf.mul(perToken, tf.tensor2d(pass.own, [1, pass.own.length])));
      });
      const ofScale = (k: number) => tf.addN(nats.filter((_, index) => passes[index]!.scale === k));
      return { nats: tf.stack(scales.map((_, k) => ofScale(k))), decoded: visits.at(-1)!.state };
    },
  };
}
