import { NextscaleError } from "@nextscale/engine";
import { hostTensor, type HostTensor } from "../pyramid/host-tensor.js";
import { integerSource, type IntegerSource } from "../random/integers.js";
import type { Address, RandomStream } from "../random/stream.js";
import { nearestHostCodes } from "./nearest.js";

/** What k-means found. */
export interface KMeans {
  /** [V, C] */
  readonly means: HostTensor;
  /** How many vectors are nearest to each mean. */
  readonly counts: Int32Array;
  /** Mean squared distance to the nearest mean at the start and after each iteration; never rises. */
  readonly distortions: readonly number[];
}

/** vector-quantize-pytorch's default; the codebook is refined by training anyway. */
const ITERATIONS = 10;

/** Resolution of the draw by which k-means++ picks a vector. */
const DRAW = 2 ** 31;

/**
 * Lloyd's algorithm from a k-means++ start (Arthur and Vassilvitskii 2007). A mean that no vector is nearest to stays
 * where it is. With fewer distinct vectors than means some means coincide; the first of them gets all the hits.
 *
 * @param vectors [N, C] row-major
 * @param options.vocabulary number of means
 * @param options.iterations at most this many; fewer when nothing changes any more. Default 10
 * @throws NextscaleError `shape` when there is no vector or not a whole number of them
 */
export function kMeans(
  vectors: Float32Array,
  channels: number,
  options: {
    readonly vocabulary: number;
    readonly stream: RandomStream;
    readonly address?: Address;
    readonly iterations?: number;
  },
): KMeans {
  if (vectors.length === 0 || vectors.length % channels !== 0) {
    throw new NextscaleError({
      code: "shape",
      where: "refinement-core/kMeans",
      expected: `at least one vector of ${channels} channels`,
      got: `${vectors.length} numbers`,
    });
  }
  const draw = integerSource(options.stream, options.address);
  let means = plusPlusStart(vectors, channels, options.vocabulary, draw);
  let codes = nearestHostCodes(means, vectors);
  const distortions = [distortion(vectors, means, codes)];
  for (let i = 0; i < (options.iterations ?? ITERATIONS); i++) {
    means = clusterMeans(vectors, codes, means);
    const before = codes;
    codes = nearestHostCodes(means, vectors);
    distortions.push(distortion(vectors, means, codes));
    if (codes.every((code, n) => code === before[n])) break;
  }
  return { means, counts: countCodes(codes, options.vocabulary), distortions };
}

/** How often each code occurs. */
export function countCodes(codes: Int32Array, vocabulary: number): Int32Array {
  const counts = new Int32Array(vocabulary);
  for (const code of codes) counts[code]!++;
  return counts;
}

/** First a random vector, then each time one drawn with probability proportional to its squared distance from the rest. */
function plusPlusStart(vectors: Float32Array, channels: number, vocabulary: number, draw: IntegerSource): HostTensor {
  const count = vectors.length / channels;
  const means = hostTensor([vocabulary, channels]);
  const distances = new Float64Array(count).fill(Infinity);
  let chosen = draw(count);
  for (let k = 0; k < vocabulary; k++) {
    means.data.set(vectors.subarray(chosen * channels, (chosen + 1) * channels), k * channels);
    let total = 0;
    for (let n = 0; n < count; n++) {
      distances[n] = Math.min(distances[n]!, squaredDistance(vectors, n, means.data, k, channels));
      total += distances[n]!;
    }
    chosen = total > 0 ? pick(distances, (total * (draw(DRAW) + 0.5)) / DRAW) : draw(count);
  }
  return means;
}

/** The first index at which the running sum of weights exceeds `target`. */
function pick(weights: Float64Array, target: number): number {
  let sum = 0;
  const index = weights.findIndex((weight) => (sum += weight) > target);
  return index < 0 ? weights.findLastIndex((weight) => weight > 0) : index;
}

function clusterMeans(vectors: Float32Array, codes: Int32Array, previous: HostTensor): HostTensor {
  const [vocabulary = 0, channels = 0] = previous.shape;
  const counts = countCodes(codes, vocabulary);
  const sums = new Float64Array(vocabulary * channels);
  vectors.forEach((value, i) => (sums[codes[Math.floor(i / channels)]! * channels + (i % channels)]! += value));
  const means = previous.data.map((value, i) => {
    const hits = counts[Math.floor(i / channels)]!;
    return hits > 0 ? sums[i]! / hits : value;
  });
  return hostTensor(previous.shape, means);
}

function distortion(vectors: Float32Array, means: HostTensor, codes: Int32Array): number {
  const channels = means.shape[1]!;
  const sum = codes.reduce((total, code, n) => total + squaredDistance(vectors, n, means.data, code, channels), 0);
  return sum / codes.length;
}

function squaredDistance(a: Float32Array, i: number, b: Float32Array, j: number, channels: number): number {
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += (a[i * channels + c]! - b[j * channels + c]!) ** 2;
  return sum;
}
