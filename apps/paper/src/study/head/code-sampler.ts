import { f32, i32 } from "@nextscale/engine";
import {
  drawByInversion,
  randomStream,
  sampled,
  traceTyped,
  uniforms,
  walk,
  type LinearParameters,
  type PerWalk,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CellParameters } from "../network/cell-network.js";
import type { CategoricalModel } from "./categorical.js";
import { SAMPLE_STREAM, type OneRunInputs, type OneRunSampler } from "./cell-model.js";

/** What is known before the codes of a scale are: `index` 0 is the coarsest scale. */
export interface CodeStep {
  readonly index: number;
  /** [B, sites, width] */
  readonly context: tf.Tensor;
  /** Of the walk, before the scale. */
  readonly state: tf.Tensor;
}

/** Logits [B, sites, stages, V] of one scale after the other, each given what was drawn at the coarser ones. */
export type CodePredictions = (
  params: CellParameters<LinearParameters>,
  labels: tf.Tensor,
) => PerWalk<CodeStep, tf.Tensor>;

/** A sampler that draws all codes of a scale at once from what is said of them. */
export function codeSampler(
  { domain, space, coder, types }: Pick<CategoricalModel, "domain" | "space" | "coder" | "types">,
  predictions: CodePredictions,
): OneRunSampler {
  const { tokens } = space;
  const { forms } = coder;
  const noiseTypes = (items: number) =>
    Object.fromEntries(forms.map(({ stages }, k) => [`${k}`, f32(items, tokens[k]!.sites, stages)]));
  return {
    kind: "next-scale",
    noise: {
      types: noiseTypes,
      draw(seed, items) {
        const stream = randomStream(seed, SAMPLE_STREAM);
        const drawn = forms.map(({ stages: draws }, scale) => {
          return [`${scale}`, uniforms(stream, { items, scale, sites: tokens[scale]!.sites, draws })] as const;
        });
        return Object.fromEntries(drawn);
      },
    },
    program(items) {
      const signature = { parameters: types, labels: i32(items), temperature: f32(), noise: noiseTypes(items) };
      return traceTyped<OneRunInputs<LinearParameters>>(signature, ({ parameters, labels, temperature, noise }) => {
        const draw = (k: number, logits: tf.Tensor) => drawByInversion(logits, noise[`${k}`]!, temperature);
        const policy = sampled(coder.quantiser(), predictions(parameters, labels), draw);
        const start = tf.zeros([items, ...space.states[0]!]);
        return { images: domain.images([...walk(space.scales(), start, policy)].at(-1)!.state) };
      });
    },
  };
}
