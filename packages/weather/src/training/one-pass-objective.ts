import { f32 } from "@nextscale/engine";
import { normals, randomStream } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { OnePassHeadConfig } from "../config/head-config.js";
import { fieldOfNoise } from "../head/one-pass-head.js";
import type { FieldGeometry } from "../refiner/field-geometry.js";
import type { Objective } from "./objective.js";
import { cellAreas } from "./token-areas.js";

/**
 * The fair CRPS of two draws at each cell, by area: (|x - y| + |x' - y|) / 2 - |x - x'| / 2.
 *
 * @param possible keeps fields to what forecasts are kept to, so that what is scored is what will be drawn
 */
export function onePassObjective(
  { noise: draws }: OnePassHeadConfig,
  geometry: FieldGeometry,
  { seed, possible }: { readonly seed: number; readonly possible: (field: tf.Tensor) => tf.Tensor },
): Objective {
  const stream = randomStream(seed, "weather/noise");
  const names = ["first", "second"] as const;
  return {
    randomTypes: (items) => Object.fromEntries(names.map((name) => [name, f32(items, draws)])),
    random: (items) => Object.fromEntries(names.map((name, scale) => [name, normals(stream, { items, scale, draws })])),
    losses(network, _, missed, random) {
      const [first, second] = names.map((name) => possible(fieldOfNoise(network, geometry, random[name]!)));
      const distance = (a: tf.Tensor, b: tf.Tensor) => tf.abs(tf.sub(a, b));
      const toTruth = tf.add(distance(first!, missed), distance(second!, missed));
      const score = tf.mul(0.5, tf.sub(toTruth, distance(first!, second!)));
      return { loss: tf.mean(tf.mul(score, cellAreas(geometry.grid))) };
    },
    startingFrom: (initial) => initial,
  };
}
