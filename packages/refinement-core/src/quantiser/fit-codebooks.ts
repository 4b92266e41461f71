import type { HostTensor } from "../pyramid/host-tensor.js";
import { permutation } from "../random/integers.js";
import type { RandomStream } from "../random/stream.js";
import type { PerWalk, Scale, Step } from "../walk/scale.js";
import { walk } from "../walk/walk.js";
import { concatenate, gatherRows } from "../arrays.js";
import { codebookFromMeans, sharedCodebookFromMeans, type Codebook } from "./codebook.js";
import { countCodes, kMeans, type KMeans } from "./k-means.js";
import { nearestHostCodes } from "./nearest.js";
import type { Encoded } from "../walk/encode.js";
import { hostVectorQuantiser } from "./vector-quantiser.js";

/** How codebooks are fitted. */
export interface FitCodebooks {
  /** V: codes in each codebook. */
  readonly vocabulary: number;
  /** One codebook for all scales (VAR), or one for each (the paper's section 3.2). */
  readonly sharing: "shared" | "per-scale";
  readonly stream: RandomStream;
  /** Items in a training step, for the hits per step that the moving averages start from. */
  readonly batchSize: number;
}

/** More vectors than this for each mean do not make k-means better (faiss, `max_points_per_centroid`). */
const VECTORS_PER_MEAN = 256;

/** What fitting a scale found, beside the choice that the walk goes on with. */
interface Fitted extends Encoded<HostTensor<Int32Array>, HostTensor> {
  readonly sample: Float32Array;
  readonly found: KMeans;
}

/**
 * Initial codebooks by residual k-means in walk order: each scale is fitted on what the scales before it, already
 * quantised, have left. Values are [items, ..., C].
 *
 * A shared codebook is fitted on the residuals of all scales, equally many from each: by their numbers alone the finest
 * scale would take nearly all codes and leave the coarse ones, which matter most, with none of their own.
 *
 * @returns one codebook if shared, else one for each scale, coarsest first
 */
export function fitCodebooks<Data, State, Context>(
  scales: readonly Scale<Data, State, Context, HostTensor>[],
  start: State,
  data: Data,
  options: FitCodebooks,
): readonly Codebook<HostTensor>[] {
  const visits = [...walk(scales, start, fitted<Data, State, Context>(data, options))];
  const tokens = visits.map(({ residual, codes }) => (codes.data.length / residual.shape[0]!) * options.batchSize);
  if (options.sharing === "per-scale") {
    return visits.map(({ found }, k) => codebookFromMeans(found.means, found.counts, tokens[k]!));
  }
  const channels = visits[0]!.found.means.shape[1]!;
  const each = Math.min(...visits.map(({ sample }) => sample.length));
  const samples = visits.map(({ sample }) => sample.subarray(0, each));
  const { vocabulary, stream } = options;
  const { means } = kMeans(concatenate(samples), channels, { vocabulary, stream, address: { item: 1 } });
  if (visits.length === 1) {
    return [codebookFromMeans(means, countCodes(nearestHostCodes(means, samples[0]!), vocabulary), tokens[0]!)];
  }
  // Of all vectors of a scale, not of the equal parts that the means were found with.
  const hits = visits.map(({ sample }) => countCodes(nearestHostCodes(means, sample), vocabulary));
  return [sharedCodebookFromMeans(means, hits, tokens)];
}

/** The policy of fitting: k-means on the residual of each scale, which is then quantised with what was found. */
function fitted<Data, State, Context>(
  data: Data,
  { vocabulary, stream }: FitCodebooks,
): PerWalk<Step<Data, State, Context, HostTensor>, Fitted> {
  return () =>
    ({ index, scale, context }) => {
      const residual = scale.residual(data, context);
      const channels = residual.shape[residual.shape.length - 1]!;
      const count = residual.data.length / channels;
      const order = permutation(stream, count, { scale: index, site: 1 });
      const sample = gatherRows(residual.data, channels, order.subarray(0, vocabulary * VECTORS_PER_MEAN));
      const found = kMeans(sample, channels, { vocabulary, stream, address: { scale: index } });
      return { ...hostVectorQuantiser([found.means]).quantise(index, residual), residual, sample, found };
    };
}
