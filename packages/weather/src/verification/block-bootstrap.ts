import {
  bootstrapInterval,
  randomStream,
  uniforms,
  type BootstrapInterval,
  type BootstrapOptions,
} from "@nextscale/refinement-core";
import type { StartMeans } from "./aggregator.js";
import { invalid } from "./case.js";
import type { Metric } from "./metric.js";

/** Settings of a block bootstrap. */
export interface BlockBootstrapOptions extends BootstrapOptions {
  /** Mean length of a block in starts, at least 1: about as many as fall into the forecast's horizon. */
  readonly blockLength: number;
}

const WHERE = "weather/blockBootstrap";

/**
 * Confidence interval of metric(a) - metric(b) of two models on the same starts, by the stationary bootstrap (Politis, Romano
 * 1994): starts are resampled in blocks of geometric length, since scores of neighbouring starts are correlated and a
 * plain bootstrap would give too narrow an interval. Both models get the same resample, and the metric is a function of
 * the resampled means, root last. An interval without 0 is a significant difference. A percentile interval is a little narrow
 * for few independent blocks.
 *
 * @param a means of the first model in one bin, from `Aggregator.starts`
 * @param b means of the second model in the same bin
 * @throws NextscaleError `invalid-argument` for unequal starts, none, blocks shorter than 1 start, or a metric whose statistics
 *   were not taken
 */
export function bootstrapScoreDifference(
  a: readonly StartMeans[],
  b: readonly StartMeans[],
  metric: Metric,
  options: BlockBootstrapOptions,
): BootstrapInterval {
  const same = a.length === b.length && a.every(({ start }, i) => start === b[i]!.start);
  if (!same) throw invalid(WHERE, "the same starts of both models", `${a.length} and ${b.length}, or other times`);
  return blockBootstrap(
    a.length,
    (items) => metricOfStarts(a, items, metric) - metricOfStarts(b, items, metric),
    options,
  );
}

/**
 * The stationary bootstrap of any statistic of items in the order of time; the first follows on the last.
 *
 * @throws NextscaleError `invalid-argument` for no items or blocks shorter than 1, and as `bootstrapInterval`
 */
export function blockBootstrap(
  count: number,
  statistic: (items: Uint32Array) => number,
  options: BlockBootstrapOptions,
): BootstrapInterval {
  const { blockLength, seed } = options;
  if (!(blockLength >= 1 && blockLength < Infinity))
    throw invalid(WHERE, "blocks of at least 1 start", `${blockLength}`);
  const stream = randomStream(seed, "verification/blocks");
  let resample = -1;
  return bootstrapInterval(
    count,
    (items) => {
      // The first call has the items as they are; the later ones are for the resamples.
      if (resample++ >= 0) {
        const chances = uniforms(stream, { items: { first: resample, count: 1 }, draws: count });
        followBlocks(items, chances, blockLength);
      }
      return statistic(items);
    },
    options,
  );
}

/** Turns independent items into blocks: with probability 1 - 1/length an item is the one after its predecessor. */
function followBlocks(items: Uint32Array, chances: Float32Array, length: number): void {
  for (let i = 1; i < items.length; i++) {
    if (chances[i]! > 1 / length) items[i] = (items[i - 1]! + 1) % items.length;
  }
}

function metricOfStarts(starts: readonly StartMeans[], items: Uint32Array, metric: Metric): number {
  return metric.value(({ name }) => {
    let sums: Float64Array | undefined;
    let total = 0;
    for (const item of items) {
      const found = starts[item]!.means.get(name);
      if (found === undefined) throw invalid(WHERE, "starts with all statistics of the metric", `none of ${name}`);
      sums ??= new Float64Array(found.values.length);
      if (found.weight === 0) continue;
      for (let k = 0; k < sums.length; k++) sums[k]! += found.weight * found.values[k]!;
      total += found.weight;
    }
    return sums!.map((sum) => sum / total);
  });
}
