import { f32, type TensorType } from "@nextscale/engine";
import {
  denoisingFactors,
  denoisingTypes,
  integers,
  normals,
  randomStream,
  type DenoisingFactors,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { STUDY } from "../settings.js";
import type { TokenGrid } from "../space/tokens.js";
import type { RandomInputs } from "./cell-model.js";
import type { DenoisingProcess } from "./denoising-process.js";

/** The network is told noise / signal, and so no time. */
const FACTORS = ["signal", "noise", "onData", "onNoise", "weight"] as const;

/** For each scale a time of each item, any of T, and noise on each number: `signal0`, `noise0`, ..., `e0`. */
export function noiseOnResiduals(
  tokens: readonly TokenGrid[],
  { level, parameterisation }: DenoisingProcess,
): RandomInputs {
  return {
    types: (items) =>
      Object.fromEntries(
        tokens.flatMap(({ sites, width }, k): [string, TensorType][] => [
          [`e${k}`, f32(items, sites, width)],
          ...FACTORS.map((name): [string, TensorType] => [`${name}${k}`, denoisingTypes(items)[name]]),
        ]),
      ),
    draw(seed, items) {
      const times = randomStream(seed, "paper/study-times");
      const noise = randomStream(seed, "paper/study-noise");
      const drawn = tokens.flatMap(({ sites, width: draws }, scale) => {
        const levels = Array.from(integers(times, { items, scale, draws: 1 }, STUDY.times), level);
        const factors = denoisingFactors(levels, parameterisation);
        return [
          [`e${scale}`, normals(noise, { items, scale, sites, draws })] as const,
          ...FACTORS.map((name) => [`${name}${scale}`, factors[name]] as const),
        ];
      });
      return Object.fromEntries(drawn);
    },
  };
}

/** The factors of a scale among random inputs. */
export function factorsAt(
  random: Readonly<Record<string, tf.Tensor>>,
  k: number,
): Omit<DenoisingFactors<tf.Tensor>, "time"> {
  return Object.fromEntries(FACTORS.map((name) => [name, random[`${name}${k}`]!])) as Omit<
    DenoisingFactors<tf.Tensor>,
    "time"
  >;
}
