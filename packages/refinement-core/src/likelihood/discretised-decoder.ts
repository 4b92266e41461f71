import { NextscaleError } from "@nextscale/engine";
import { logUpperTail } from "./normal-tail.js";

/**
 * Turns a decoder's mean image into a distribution over 8-bit (or other) levels: a logistic or normal density around
 * the mean, integrated over each level's bin, the outermost bins open. Probabilities of the levels sum to 1.
 */
export interface DiscretisedDecoder {
  readonly kind: "logistic" | "gaussian";
  /** Scale of the logistic or standard deviation, in units of the full range [0, 1]; one number for all pixels. */
  readonly scale: number;
  /** Number of levels; level v stands for v / (levels - 1). */
  readonly levels: number;
}

/** -ln p(level) in nats for one pixel. @param mean in units of the full range, any real number */
export function levelNats(decoder: DiscretisedDecoder, level: number, mean: number): number {
  const { kind, scale, levels } = decoder;
  const last = levels - 1;
  const lower = level === 0 ? -Infinity : ((level - 0.5) / last - mean) / scale;
  const upper = level === last ? Infinity : ((level + 0.5) / last - mean) / scale;
  switch (kind) {
    case "logistic":
      return -logLogisticMass(lower, upper);
    case "gaussian":
      return -logNormalMass(lower, upper);
    default:
      throw new Error(`internal: unknown decoder ${String(kind satisfies never)}`);
  }
}

/**
 * Sum of `levelNats` over each item's pixels: [items].
 *
 * @param pixels levels, [items, dimensions] row-major
 * @param means decoder output of the same shape
 * @throws NextscaleError `shape` when the two differ in length or do not divide into items
 */
export function decoderNats(
  decoder: DiscretisedDecoder,
  pixels: ArrayLike<number>,
  means: ArrayLike<number>,
  dimensions: number,
): Float64Array {
  checkPixels(pixels, means, dimensions);
  const nats = new Float64Array(pixels.length / dimensions);
  for (let i = 0; i < pixels.length; i++) {
    const item = Math.floor(i / dimensions);
    nats[item] = (nats[item] ?? 0) + levelNats(decoder, pixels[i] ?? 0, means[i] ?? 0);
  }
  return nats;
}

/** Scales searched: from far below one 8-bit level to the full range. */
const SMALLEST_SCALE = 1e-4;
const LARGEST_SCALE = 1;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The scale of least total cost on the given pixels (golden-section search over ln scale to 1e-4 relative). Fit it on
 * training data; 10^5 pixels fix it to about 1 %.
 *
 * @throws NextscaleError `shape` when pixels and means differ in length or are empty
 */
export function fitDecoder(
  kind: DiscretisedDecoder["kind"],
  pixels: ArrayLike<number>,
  means: ArrayLike<number>,
  levels = 256,
): DiscretisedDecoder {
  checkPixels(pixels, means, 1);
  const cost = (logScale: number): number => {
    const decoder = { kind, scale: Math.exp(logScale), levels };
    let sum = 0;
    for (let i = 0; i < pixels.length; i++) sum += levelNats(decoder, pixels[i] ?? 0, means[i] ?? 0);
    return sum;
  };
  let low = Math.log(SMALLEST_SCALE);
  let high = Math.log(LARGEST_SCALE);
  let inner = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)] as const;
  let costs = [cost(inner[0]), cost(inner[1])] as const;
  while (high - low > 1e-4) {
    if (costs[0] < costs[1]) {
      high = inner[1];
      inner = [high - GOLDEN * (high - low), inner[0]];
      costs = [cost(inner[0]), costs[0]];
    } else {
      low = inner[0];
      inner = [inner[1], low + GOLDEN * (high - low)];
      costs = [costs[1], cost(inner[1])];
    }
  }
  return { kind, scale: Math.exp((low + high) / 2), levels };
}

/**
 * Bits per pixel dimension of the code that sends an image's codes and then its pixels given the decoded codes:
 * (-log2 p(codes) - log2 p(x | codes)) / D. An upper bound of -log2 p(x) / D, because the encoder is deterministic.
 */
export function twoPartBitsPerDim(codeNatsPerItem: number, pixelNatsPerItem: number, dimensions: number): number {
  return (codeNatsPerItem + pixelNatsPerItem) / (Math.LN2 * dimensions);
}

/** ln(s(b) - s(a)) = ln s(b) + ln s(-a) + ln(1 - exp(a - b)) for the logistic function s. */
function logLogisticMass(lower: number, upper: number): number {
  const bin = lower === -Infinity || upper === Infinity ? 0 : Math.log(-Math.expm1(lower - upper));
  return logSigmoid(upper) + logSigmoid(-lower) + bin;
}

function logSigmoid(x: number): number {
  return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x));
}

/** ln(Q(a) - Q(b)), taken on the side of the mean where both tails are small. */
function logNormalMass(lower: number, upper: number): number {
  if (lower === -Infinity) return logUpperTail(-upper);
  if (upper === Infinity) return logUpperTail(lower);
  if (lower + upper < 0) return logNormalMass(-upper, -lower);
  const least = logUpperTail(lower);
  return least + Math.log(-Math.expm1(logUpperTail(upper) - least));
}

function checkPixels(pixels: ArrayLike<number>, means: ArrayLike<number>, dimensions: number): void {
  if (pixels.length === means.length && pixels.length > 0 && pixels.length % dimensions === 0) return;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/discretised-decoder",
    expected: `as many means as pixels, whole items of ${dimensions}`,
    got: `${pixels.length} pixels, ${means.length} means`,
  });
}
