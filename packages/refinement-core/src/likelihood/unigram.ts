import { NextscaleError } from "@nextscale/engine";
import { scaleOfSite } from "../refiner/geometry.js";

/** How often each code occurs at each scale, whatever stands around it: the simplest model a refiner has to beat. */
export interface Unigram {
  /** For each scale, a probability per code. */
  readonly probabilities: readonly Float64Array[];
  /** For each scale, -sum p ln p in nats per code. */
  readonly entropy: readonly number[];
}

/**
 * Counts codes per scale.
 *
 * @param codes int32 [items, sites of all scales], row-major: the training set's
 * @param pseudocount added to every count, so that a code unseen in training has a finite cost; 1 is Laplace's rule
 * @throws NextscaleError `shape` for a length that is no multiple of the sites, `invalid-data` for a code out of range
 */
export function fitUnigram(
  codes: ArrayLike<number>,
  scales: readonly { readonly sites: number }[],
  vocabulary: number,
  pseudocount = 1,
): Unigram {
  const counts = scales.map(() => new Float64Array(vocabulary).fill(pseudocount));
  forEachCode(codes, scales, vocabulary, (k, code) => {
    const scaleCounts = counts[k];
    if (scaleCounts !== undefined) scaleCounts[code] = (scaleCounts[code] ?? 0) + 1;
  });
  const probabilities = counts.map((scaleCounts) => {
    const total = scaleCounts.reduce((sum, count) => sum + count, 0);
    return scaleCounts.map((count) => count / total);
  });
  const entropy = probabilities.map((p) =>
    p.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0),
  );
  return { probabilities, entropy };
}

/** Mean -ln p of codes under a unigram model, in nats per code, for each scale: its cross-entropy on a test set. */
export function unigramCrossEntropy(
  unigram: Unigram,
  codes: ArrayLike<number>,
  scales: readonly { readonly sites: number }[],
): readonly number[] {
  const nats = new Float64Array(scales.length);
  const vocabulary = unigram.probabilities[0]?.length ?? 0;
  const items = forEachCode(codes, scales, vocabulary, (k, code) => {
    nats[k] = (nats[k] ?? 0) - Math.log(unigram.probabilities[k]?.[code] ?? 0);
  });
  return scales.map(({ sites }, k) => (nats[k] ?? 0) / (items * sites));
}

function forEachCode(
  codes: ArrayLike<number>,
  scales: readonly { readonly sites: number }[],
  vocabulary: number,
  visit: (scale: number, code: number) => void,
): number {
  const scaleOf = scaleOfSite(scales);
  const where = "refinement-core/unigram";
  if (codes.length === 0 || codes.length % scaleOf.length !== 0) {
    const expected = `codes of whole items, ${scaleOf.length} each`;
    throw new NextscaleError({ code: "shape", where, expected, got: `${codes.length}` });
  }
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? -1;
    if (!Number.isInteger(code) || code < 0 || code >= vocabulary) {
      throw new NextscaleError({
        code: "invalid-data",
        where,
        expected: `codes in 0..${vocabulary - 1}`,
        got: `${code}`,
      });
    }
    visit(scaleOf[i % scaleOf.length] ?? 0, code);
  }
  return codes.length / scaleOf.length;
}
