import { f32, floatingPointOperations } from "@nextscale/engine";
import { traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { AnyCellModel } from "../cell/model-of.js";
import type { StudySettings } from "../settings.js";
import { otherSampler, type Sampling } from "./sampling.js";

/** Floating-point operations of one item, as the traced programs have them. */
export interface CellCost {
  /** Of a sample, decoder included. */
  sample(sampling: Sampling): number;
  /** Of a training: three times the forward passes, as is usual; no decoder has a part in it. */
  training(training: StudySettings["training"]): number;
}

/** What a cell costs. Programs are traced for one item. */
export function cellCost({ sampler, domain, space }: Pick<AnyCellModel, "sampler" | "domain" | "space">): CellCost {
  if (sampler.kind === "next-scale") {
    const once = floatingPointOperations(sampler.program(1));
    const state = { finest: f32(1, ...space.states.at(-1)!) };
    const decoder = traceTyped<{ readonly finest: tf.Tensor }>(state, ({ finest }) => domain.images(finest));
    const network = once - floatingPointOperations(decoder);
    return {
      sample(sampling) {
        if (sampling.kind === "next-scale") return once;
        throw otherSampler(sampler.kind, sampling);
      },
      training: ({ steps, batchSize }) => 3 * network * steps * batchSize,
    };
  }
  if (sampler.kind === "masked") {
    return stepwise(floatingPointOperations(sampler.step(1)), floatingPointOperations(sampler.decode(1)));
  }
  const denoise = sum(sampler.scales.map((_, k) => floatingPointOperations(sampler.denoise(k, 1))));
  const refine = sum(sampler.scales.map((_, k) => floatingPointOperations(sampler.refine(k, 1))));
  return stepwise(denoise, refine);
}

/** Of a sampler whose plans take so many operations a step, and others once. */
function stepwise(denoise: number, once: number): CellCost {
  return {
    sample(sampling) {
      if (sampling.kind === "diffusion") return sampling.steps * denoise + once;
      throw otherSampler("diffusion", sampling);
    },
    training: ({ steps, batchSize }) => 3 * denoise * steps * batchSize,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
