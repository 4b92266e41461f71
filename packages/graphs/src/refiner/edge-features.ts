import { FORM, PAIRS } from "../pyramid/candidates.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Formula } from "../pyramid/formula.js";
import { massOf } from "../pyramid/formula.js";
import type { Patterns } from "../pyramid/patterns.js";
import { amountFeatures } from "./amounts.js";

/** Amounts that have a feature each. */
const AMOUNTS = [-1, 0, 1, 2, 3, 4, 5] as const;
/** Of each amount: which of those it is, and its logarithm. */
const OF_AMOUNT = AMOUNTS.length + 1;

/** Numbers that describe how many edges of so many labels there are still to be: whether that is known, of all, of each label but the first, and codes that are left. */
export function edgeFeatureCount(edgeLabels: number): number {
  return 1 + OF_AMOUNT * (1 + edgeLabels);
}

/**
 * What a level has left of the edges that its graph is to have. A block that is open has one at least, and a cluster of several nodes as many as a
 * tree; what is beyond that closes rings. All 0 where it is not said how many edges there are to be.
 */
export function edgeFeatures(
  task: PartlyChosen & { readonly edges?: Formula | undefined },
  { digits, labels }: Patterns,
): readonly number[] {
  const { candidates: { mass, groups }, codes, known, edges } = task; // prettier-ignore
  if (edges === undefined) return new Array<number>(edgeFeatureCount(labels - 1)).fill(0);
  const found = new Int32Array(labels - 1);
  let open = 0;
  let openBlocks = 0;
  for (let group = 0; group < groups.count; group++) {
    if (known.patterns[group] === 0) {
      open += 1;
      openBlocks += Number(groups.forms[group] !== FORM.siblings);
      continue;
    }
    for (let pair = 0; pair < PAIRS; pair++) {
      const label = digits[codes.patterns[group]! * PAIRS + pair]!;
      if (label > 0) found[label - 1]! += 1;
    }
  }
  const within = massOf(mass) - mass.length;
  const left = massOf(edges) - massOf(found) - openBlocks - within;
  const ofLabels = Array.from(edges, (count, label) => count - found[label]!).slice(1);
  return [1, ...[left, ...ofLabels, open].flatMap(featuresOf)];
}

function featuresOf(amount: number): number[] {
  return [(Math.sign(amount) * Math.log2(1 + Math.abs(amount))) / 4, ...amountFeatures(AMOUNTS, amount)];
}
