import { NextscaleError } from "@nextscale/engine";

/** Cost of the codes of one scale, means over items. */
export interface ScaleLikelihood {
  readonly sites: number;
  /** Nats per item: the sum over the scale's sites. */
  readonly nats: number;
  readonly bits: number;
  readonly natsPerCode: number;
  /** exp(natsPerCode): how many equally likely codes the refiner is left choosing among. */
  readonly perplexity: number;
  /** Nats per code of the same codes under the frequencies of training codes: what knowing nothing else costs. */
  readonly unigramNatsPerCode: number;
}

/** Exact code likelihood of a set of items. Never bits per dimension of pixels: for those see `twoPartBitsPerDim`. */
export interface CodeLikelihood {
  readonly items: number;
  readonly scales: readonly ScaleLikelihood[];
  /** Nats per item over all scales, with the standard error of the mean. */
  readonly nats: number;
  readonly natsStandardError: number;
  readonly bits: number;
  /** What the same codes cost per item under the unigram model. */
  readonly unigramNats: number;
}

/**
 * Means over items of what `sumByScale` gives.
 *
 * @param nats [items, scales] row-major
 * @param unigramNats for each scale the cost of the same codes under a unigram model of training codes, nats per code:
 *   `unigramCrossEntropy`. Not the model's entropy, which is a cost of the training codes.
 * @throws NextscaleError `shape` unless there is at least one item and a whole number of them; `invalid-data` for NaN
 */
export function codeLikelihood(
  nats: ArrayLike<number>,
  scales: readonly { readonly sites: number }[],
  unigramNats: readonly number[],
): CodeLikelihood {
  const where = "refinement-core/codeLikelihood";
  const items = nats.length / scales.length;
  if (!Number.isInteger(items) || items < 1) {
    const expected = `at least one item of ${scales.length} scales`;
    throw new NextscaleError({ code: "shape", where, expected, got: `${nats.length} numbers` });
  }
  if (unigramNats.length !== scales.length) {
    const expected = `the unigram cost of each of ${scales.length} scales`;
    throw new NextscaleError({ code: "shape", where, expected, got: `${unigramNats.length}` });
  }
  const sums = new Float64Array(scales.length);
  let total = 0;
  let totalSquare = 0;
  for (let item = 0; item < items; item++) {
    let itemNats = 0;
    for (let k = 0; k < scales.length; k++) {
      const value = nats[item * scales.length + k] ?? NaN;
      sums[k] = (sums[k] ?? 0) + value;
      itemNats += value;
    }
    total += itemNats;
    totalSquare += itemNats * itemNats;
  }
  if (Number.isNaN(total)) throw new NextscaleError({ code: "invalid-data", where, expected: "numbers", got: "NaN" });
  const mean = total / items;
  const variance = items > 1 ? Math.max(0, totalSquare - items * mean * mean) / (items - 1) : 0;
  return {
    items,
    scales: scales.map(({ sites }, k) => {
      const scaleNats = (sums[k] ?? 0) / items;
      return {
        sites,
        nats: scaleNats,
        bits: scaleNats / Math.LN2,
        natsPerCode: scaleNats / sites,
        perplexity: Math.exp(scaleNats / sites),
        unigramNatsPerCode: unigramNats[k]!,
      };
    }),
    nats: mean,
    natsStandardError: Math.sqrt(variance / items),
    bits: mean / Math.LN2,
    unigramNats: scales.reduce((sum, { sites }, k) => sum + sites * unigramNats[k]!, 0),
  };
}
