import { f32 } from "@nextscale/engine";
import { karrasLevel, normals, randomStream, uniforms } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { DenoisingHead } from "../head/head.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import type { Objective } from "./objective.js";
import { cellAreas } from "./token-areas.js";

/** Noise levels that are trained on (GenCast, Price et al. 2024): about those that a draw comes by. */
const TRAINING_RANGE = { least: 0.02, most: 88, rho: 7 } as const;

/** The squared error of what is left without the noise, weighted so that every noise level counts alike, by area. */
export function diffusionObjective(head: DenoisingHead, geometry: FieldGeometry, seed: number): Objective {
  const { grid, channels } = geometry;
  const [height, width] = [grid.latitudes.length, grid.longitudes.length];
  const shares = randomStream(seed, "weather/noise-level");
  const noise = randomStream(seed, "weather/noise");
  return {
    randomTypes: (items) => ({ level: f32(items), noise: f32(items, height, width, channels) }),
    random: (items) => ({
      level: uniforms(shares, { items, draws: 1 }).map((share) => karrasLevel(share, TRAINING_RANGE)),
      noise: normals(noise, { items, sites: height * width, draws: channels }),
    }),
    losses(network, _, missed, random) {
      const level = random["level"]!;
      const perItem = tf.reshape(level, [-1, 1, 1, 1]);
      const denoised = head.denoise(network, tf.add(missed, tf.mul(random["noise"]!, perItem)), level);
      // 1 / out^2 of the preconditioning: the error of the network's own output.
      const weight = tf.add(1, tf.div(1, tf.square(perItem)));
      const error = tf.mul(tf.square(tf.sub(denoised, missed)), weight);
      return { loss: tf.mean(tf.mul(error, cellAreas(grid))) };
    },
    startingFrom: (initial) => initial,
  };
}
