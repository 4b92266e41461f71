import { floatingPointOperations } from "@nextscale/engine";
import type { OneRunSampler, PlannedSampler } from "../head/cell-model.js";
import type { StudySettings } from "../settings.js";
import { otherSampler, type Sampling } from "./sampling.js";

/** Floating-point operations of one item, as the traced programs have them. */
export interface CellCost {
  /** Of a sample, decoder included. */
  sample(sampling: Sampling): number;
  /** Of a training: three times the forward passes, as is usual. */
  training(training: StudySettings["training"]): number;
}

/** What a cell costs. Programs are traced for one item. */
export function cellCost(sampler: OneRunSampler | PlannedSampler): CellCost {
  if (sampler.kind === "next-scale") {
    const once = floatingPointOperations(sampler.program(1));
    return { sample: () => once, training: ({ steps, batchSize }) => 3 * once * steps * batchSize };
  }
  const denoise = sum(sampler.scales.map((_, k) => floatingPointOperations(sampler.denoise(k, 1))));
  const refine = sum(sampler.scales.map((_, k) => floatingPointOperations(sampler.refine(k, 1))));
  return {
    sample(sampling) {
      if (sampling.kind === "diffusion") return sampling.steps * denoise + refine;
      throw otherSampler(sampler.kind, sampling);
    },
    training: ({ steps, batchSize }) => 3 * denoise * steps * batchSize,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
