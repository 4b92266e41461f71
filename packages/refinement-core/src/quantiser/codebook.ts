import { f32, NextscaleError, type TensorType } from "@nextscale/engine";
import { hostTensor, type HostTensor } from "../pyramid/host-tensor.js";

/**
 * A codebook with the running statistics it is learned from. All three buffers are the state of training and belong in
 * a checkpoint together: an embedding restored without its statistics would be thrown back by the next step. They are
 * not parameters: no gradient, no weight decay, and no average of weights, which would be of codes that have moved.
 */
export type Codebook<T> = {
  /** What codes stand for, [V, C]. */
  readonly embedding: T;
  /** Moving average of hits per step, [V]; [K, V], scale by scale, for a codebook that K > 1 scales share. */
  readonly count: T;
  /** Moving average of the sum of the vectors that hit, [V, C]. */
  readonly sum: T;
};

/**
 * Types of a codebook's buffers, for the signature of a trace and for checkpoints.
 *
 * @param scales how many scales share it, 1 unless told
 */
export function codebookTypes(vocabulary: number, channels: number, scales = 1): Codebook<TensorType> {
  const count = scales === 1 ? f32(vocabulary) : f32(scales, vocabulary);
  return { embedding: f32(vocabulary, channels), count, sum: f32(vocabulary, channels) };
}

/** Hits per step that a code which k-means never chose starts with, as a share of an average code's: few, not none. */
const LEAST_SHARE = 0.01;

/**
 * A codebook to start training with.
 *
 * @param means [V, C]
 * @param hits how often each was chosen, in any unit, such as the counts of `kMeans`
 * @param tokensPerStep vectors that will be quantised with it in one training step
 */
export function codebookFromMeans(
  means: HostTensor,
  hits: ArrayLike<number>,
  tokensPerStep: number,
): Codebook<HostTensor> {
  const [vocabulary = 0, channels = 0] = means.shape;
  const total = Array.from(hits).reduce((sum, hit) => sum + hit, 0);
  const least = LEAST_SHARE / vocabulary;
  const count = Float32Array.from({ length: vocabulary }, (_, i) => {
    return tokensPerStep * Math.max(total > 0 ? hits[i]! / total : 1 / vocabulary, least);
  });
  return {
    embedding: means,
    count: hostTensor([vocabulary], count),
    sum: hostTensor(
      means.shape,
      means.data.map((value, i) => value * count[Math.floor(i / channels)]!),
    ),
  };
}

/**
 * A codebook to start training with that several scales share.
 *
 * @param means [V, C]
 * @param hits for each scale how often each code was chosen there, in any unit
 * @param tokensPerStep for each scale the vectors that will be quantised in one training step
 */
export function sharedCodebookFromMeans(
  means: HostTensor,
  hits: readonly ArrayLike<number>[],
  tokensPerStep: readonly number[],
): Codebook<HostTensor> {
  const [vocabulary = 0, channels = 0] = means.shape;
  const totals = hits.map((scale) => Array.from(scale).reduce((sum, hit) => sum + hit, 0));
  // A code that some scale uses needs no hits at the others; one that none uses gets a few at each.
  const chosen = Array.from({ length: vocabulary }, (_, code) => hits.some((scale) => scale[code]! > 0));
  const counts = tokensPerStep.map((tokens, k) => {
    const total = totals[k]!;
    return chosen.map((used, code) => {
      if (total === 0) return tokens / vocabulary;
      return used ? (tokens * hits[k]![code]!) / total : (tokens * LEAST_SHARE) / vocabulary;
    });
  });
  const count = Float32Array.from(counts.flat());
  const perCode = chosen.map((_, code) => counts.reduce((sum, scale) => sum + scale[code]!, 0));
  return {
    embedding: means,
    count: hostTensor([tokensPerStep.length, vocabulary], count),
    sum: hostTensor(
      means.shape,
      means.data.map((value, i) => value * perCode[Math.floor(i / channels)]!),
    ),
  };
}

/**
 * The codebook of a scale: a list of one is shared by all scales, a longer one has an entry for each.
 *
 * @throws NextscaleError `shape` when there is none for the scale
 */
export function codebookAt<T>(codebooks: readonly T[], scale: number): T {
  const found = codebooks.length === 1 ? codebooks[0] : codebooks[scale];
  if (found !== undefined) return found;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/quantiser",
    expected: `one codebook, or one for each scale up to scale ${scale}`,
    got: `${codebooks.length}`,
  });
}
