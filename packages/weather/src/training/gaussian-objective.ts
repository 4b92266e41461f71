import { stopGradient } from "@nextscale/engine";
import { encode, gaussianPyramid, tensorGrid, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { coordinates, gaussianOf } from "../head/gaussian-head.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import type { Objective } from "./objective.js";
import { tokenAreas } from "./token-areas.js";

/**
 * -ln p of the coordinates of each scale, by area, in nats a coordinate and but for a constant: 1/2 for what a coordinate's own
 * mean and deviation give. Scales weigh as the root of their number of coordinates, as they do in the categorical objective.
 */
export function gaussianObjective({ grid, pyramid, scales, tokens }: FieldGeometry): Objective {
  const coarsening = fieldPyramid(tensorGrid, grid, pyramid.factors, pyramid.expansion);
  return {
    randomTypes: () => ({}),
    random: () => ({}),
    losses(network, weights, missed) {
      const levels = gaussianPyramid(coarsening, missed, pyramid.factors.length);
      const visits = [...walk(scales, tf.zerosLike(levels.at(-1)!), encode(coordinates(weights), levels))];
      const encoding = network.encode();
      const losses = visits.map(({ context, codes }, k) => {
        const { mean, logDeviation } = gaussianOf(network.refine(k, stopGradient(context), encoding));
        const distance = tf.mul(tf.sub(codes, mean), tf.exp(tf.neg(logDeviation)));
        const nats = tf.mean(tf.add(tf.mul(0.5, tf.square(distance)), logDeviation), -1);
        return tf.mean(tf.mul(nats, tokenAreas(grid, tokens[k]!)));
      });
      const roots = tokens.map(({ count }, k) => Math.sqrt(count * visits[k]!.codes.shape[2]!));
      const total = roots.reduce((sum, root) => sum + root, 0);
      const loss = tf.addN(losses.map((one, k) => tf.mul(one, roots[k]! / total)));
      return { loss, ...Object.fromEntries(losses.map((one, k) => [`scale${k + 1}`, one])) };
    },
    startingFrom: (initial) => initial,
  };
}
