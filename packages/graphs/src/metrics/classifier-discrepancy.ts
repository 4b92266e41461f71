import { NextscaleError } from "@nextscale/engine";
import { permutation, type RandomStream } from "@nextscale/refinement-core";
import type { Graph } from "../graph/graph.js";
import { describeGraph, type GraphStatistic } from "./descriptors.js";
import { fitLogistic, softplus, type Rows } from "./logistic-regression.js";

/** How well a classifier tells generated graphs from real ones. */
export interface ClassifierDiscrepancy {
  /** Square root of a lower bound of the Jensen-Shannon divergence in bits, from 0 (not at all) to 1 (always). */
  readonly discrepancy: number;
  /** What the classifier looked at: the statistic that told most in cross-validation. */
  readonly statistic: GraphStatistic;
  /** The same in cross-validation on the other half of the graphs, by statistic. */
  readonly crossValidated: Readonly<Partial<Record<GraphStatistic, number>>>;
}

const STATISTICS = ["orbit", "clustering", "degree", "spectral"] as const;
const FOLDS = 4;

/** One graph of each set in every fold of one half, and in the other half. */
const LEAST = 2 * FOLDS;

/**
 * PolyGraph discrepancy with logistic regression (Krimmel et al. 2025): both sets are cut in half at random; on one half the statistic is
 * chosen by 4-fold cross-validation and a classifier of it fitted; on the other it is scored, by √(½ (mean log₂ p(reference) +
 * mean log₂ (1 − p(sample)) + 2)), clipped to [0, 1]. Unlike a distance of kernels it has a scale, and sets of different size and kind
 * compare.
 *
 * Not PolyGraph's own number: its descriptors also include orbits of five nodes and random graph networks, and its classifier is TabPFN
 * unless told. With a few dozen graphs it is mostly noise: its authors ask for thousands. Half of one real set against the other half is
 * the floor to print beside it.
 *
 * @param stream draws the halves; folds follow their order
 * @throws NextscaleError `invalid-argument` for fewer than 8 graphs with nodes in a set, for graphs of more than 2,000 nodes or too
 *   dense for their orbits to be counted
 */
export function classifierDiscrepancy(
  sets: { readonly reference: readonly Graph[]; readonly samples: readonly Graph[] },
  stream: RandomStream,
): ClassifierDiscrepancy {
  const [reference, samples] = [halvesOf(sets.reference, stream, 0), halvesOf(sets.samples, stream, 1)];
  const scores = STATISTICS.map((statistic) => {
    const pick = (half: Half): Rows => half.map((vectors) => vectors[statistic]);
    const [seenReference, seenSamples] = [pick(reference[0]), pick(samples[0])];
    return {
      statistic,
      crossValidated: crossValidated(seenReference, seenSamples),
      held: () => scoreOf({ seenReference, seenSamples, reference: pick(reference[1]), samples: pick(samples[1]) }),
    };
  });
  const best = scores.reduce((one, other) => (other.crossValidated > one.crossValidated ? other : one));
  return {
    discrepancy: discrepancyOf(best.held()),
    statistic: best.statistic,
    crossValidated: Object.fromEntries(
      scores.map(({ statistic, crossValidated: bits }) => [statistic, discrepancyOf(bits)]),
    ),
  };
}

type Half = readonly Record<(typeof STATISTICS)[number], Float64Array>[];

/** A set in a random order, described, in two halves. */
function halvesOf(graphs: readonly Graph[], stream: RandomStream, item: number): readonly [Half, Half] {
  const withNodes = graphs.filter(({ nodeCount }) => nodeCount > 0);
  if (withNodes.length < LEAST) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "graphs/classifierDiscrepancy",
      expected: `${LEAST} graphs with nodes or more in each set`,
      got: `${withNodes.length}`,
    });
  }
  const order = permutation(stream, withNodes.length, { item });
  const described = Array.from(order, (index) => describeGraph(withNodes[index]!, STATISTICS)) as unknown as Half;
  const middle = Math.ceil(described.length / 2);
  return [described.slice(0, middle), described.slice(middle)];
}

/** Bits that four classifiers find, each in the fold that it has not seen, mean over folds. */
function crossValidated(reference: Rows, samples: Rows): number {
  const fold = (rows: Rows, f: number, inside: boolean): Rows => rows.filter((_, i) => (i % FOLDS === f) === inside);
  let sum = 0;
  for (let f = 0; f < FOLDS; f++) {
    sum += scoreOf({
      seenReference: fold(reference, f, false),
      seenSamples: fold(samples, f, false),
      reference: fold(reference, f, true),
      samples: fold(samples, f, true),
    });
  }
  return sum / FOLDS;
}

/** ½ (mean log₂ p(reference) + mean log₂ (1 − p(sample))) + 1 of a classifier of the seen rows on the others, in bits. */
function scoreOf(rows: {
  readonly seenReference: Rows;
  readonly seenSamples: Rows;
  readonly reference: Rows;
  readonly samples: Rows;
}): number {
  const seen = [...rows.seenReference, ...rows.seenSamples];
  const scale = scalingOf(seen);
  const logOdds = fitLogistic(
    seen.map(scale),
    seen.map((_, i) => i < rows.seenReference.length),
  );
  const mean = (part: Rows, sign: number): number =>
    part.reduce((sum, row) => sum - softplus(sign * logOdds(scale(row))), 0) / part.length / Math.LN2;
  return (mean(rows.reference, -1) + mean(rows.samples, 1)) / 2 + 1;
}

/** z-scores by the mean and spread of some rows, of what varies among them. Shorter rows go on with zeros. */
function scalingOf(rows: Rows): (row: Float64Array) => Float64Array {
  const length = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const moments = Array.from({ length }, (_, k) => {
    const mean = rows.reduce((sum, row) => sum + (row[k] ?? 0), 0) / rows.length;
    const variance = rows.reduce((sum, row) => sum + ((row[k] ?? 0) - mean) ** 2, 0) / rows.length;
    return { k, mean, deviation: Math.sqrt(variance) };
  }).filter(({ deviation }) => deviation > 1e-9);
  return (row) => Float64Array.from(moments, ({ k, mean, deviation }) => ((row[k] ?? 0) - mean) / deviation);
}

function discrepancyOf(bits: number): number {
  return Math.sqrt(Math.min(1, Math.max(0, bits)));
}
