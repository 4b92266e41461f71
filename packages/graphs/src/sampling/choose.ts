import { integerSource, permutation, uniforms, type RandomStream } from "@nextscale/refinement-core";
import type { Site } from "../codes/sites.js";
import type { SplitCodes } from "../codes/split-codes.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { Codes } from "../pyramid/codes.js";
import { formulaAt } from "../pyramid/formula.js";
import type { PartlyChosen } from "../pyramid/codes.js";
import type { Constraint, PatternTest } from "./constraint.js";
import { LAST_ATTEMPT, type GraphStep, type LevelLogits, type RevealOptions } from "./reveal.js";

/** A site that no level has. */
const BEYOND = 2 ** 32 - 1;
/** Attempts at splits of which one at least splits; a trained refiner hardly ever needs a second. */
const ATTEMPTS = 1000;

/** How codes are drawn. */
export interface DrawOptions {
  /** The first for codes that are chosen for the first time, then one for each sweep. */
  readonly streams: readonly RandomStream[];
  readonly item: number;
  /** Below 1 what is likely becomes likelier. */
  readonly temperature: number;
  /** What the graph must be, the most important first. With any, the log-probability is that of the unconstrained law. */
  readonly constraints: readonly Constraint[];
  readonly splitCodes: SplitCodes;
  /** Called where constraints change what could be drawn, and where they leave nothing in the last attempt, in which case they are not kept. */
  readonly onConstrained?: (kept: boolean) => void;
}

/** Draws codes: a function of the stream, the item, the scale and the site alone, and of the codes that constraints look at. */
export function drawn(options: DrawOptions): RevealOptions["choose"] {
  const { streams, item, temperature, constraints, splitCodes } = options;
  return (part, codes, logits, step, known) => {
    const stream = streams[step.sweep]!;
    const { index: scale, context: candidates } = step;
    const rowOf = (site: Site) => probabilitiesOf(site, logits, candidates, { splitCodes, temperature });
    const numberOf = (site: Site, at: number): number => {
      const sites = { first: addressOf(site, candidates), count: 1 };
      return uniforms(stream, { items: { first: item, count: 1 }, scale, sites, draws: at + 1 })[at]!;
    };
    const takePattern = (site: Site, tests: readonly PatternTest[]): number | undefined => {
      const row = rowOf(site);
      const possible = allowed(row, tests, options, step.attempt === LAST_ATTEMPT);
      if (possible === undefined) return undefined;
      const code = pick(possible, numberOf(site, step.attempt));
      codes.patterns[site.at] = code;
      known.patterns[site.at] = 1;
      return Math.log(row[code]!);
    };
    const takeSplit = (site: Site, again: number): number => {
      const row = rowOf(site);
      const formula = formulaOfSite(site, candidates);
      const attempt = step.attempt + again * (LAST_ATTEMPT + 1);
      const lighter = splitCodes.draw(
        formula,
        pick(row, numberOf(site, attempt)),
        integerSource(stream, { item, scale, site: beyond(candidates) + attempt * candidates.mass.length + site.at }),
      );
      codes.splits.set(lighter, site.at * lighter.length);
      return Math.log(splitCodes.probability(row, formula, lighter));
    };
    const patterns = part.filter(({ of }) => of === "patterns");
    // Where one choice narrows the next, their order matters, and groups have none.
    const order =
      constraints.length === 0
        ? patterns
        : Array.from(permutation(stream, patterns.length, { item, scale, site: BEYOND }), (at) => patterns[at]!);
    const inOrder = order.map(({ at }) => at);
    const begun = constraints.map((constraint) => constraint({ candidates, codes, known }, inOrder));
    let total = 0;
    for (const [place, site] of order.entries()) {
      const tests = begun.flatMap((testAt) => testAt(place) ?? []);
      const logProbability = takePattern(site, tests);
      if (logProbability === undefined) return undefined;
      total += logProbability;
    }
    return total + drawSplits(part, { codes, known }, step, { takeSplit, rowOf });
  };
}

/**
 * The probabilities of the codes that all constraints allow; undefined where they allow none, or, in the last attempt at a level, without the
 * last of the constraints, and so on.
 */
function allowed(
  row: Float64Array,
  tests: readonly PatternTest[],
  { onConstrained }: Pick<DrawOptions, "onConstrained">,
  isLast: boolean,
): Float64Array | undefined {
  for (let count = tests.length; count > 0; count--) {
    const some = tests.slice(0, count);
    const kept = row.map((probability, code) =>
      probability > 0 && some.every((test) => test(code)) ? probability : 0,
    );
    const sum = kept.reduce((total, probability) => total + probability, 0);
    if (sum === 0 && !isLast) return undefined;
    if (sum === 0) continue;
    if (count < tests.length || sum < 1 - 1e-9) onConstrained?.(count === tests.length);
    return kept.map((probability) => probability / sum);
  }
  if (tests.length > 0) onConstrained?.(false);
  return row;
}

/** All splits of a part; where it is the last, and no node of the level would split, all of them once more. */
function drawSplits(
  part: readonly Site[],
  level: Pick<PartlyChosen, "codes" | "known">,
  { context }: GraphStep,
  { takeSplit, rowOf }: { takeSplit(site: Site, again: number): number; rowOf(site: Site): Float64Array },
): number {
  const { codes } = level;
  const splits = part.filter(({ of }) => of === "splits");
  if (splits.length === 0) return 0;
  const mustSplit = isSplitDue(splits, level);
  for (let again = 0; again < ATTEMPTS; again++) {
    const total = splits.reduce((sum, site) => sum + takeSplit(site, again), 0);
    if (!mustSplit) return total;
    if (codes.splits.some((count) => count > 0)) return total - conditionOnSplit(splits, rowOf);
  }
  // So unlikely that it says the refiner is broken: the heaviest node loses one of its nodes.
  const heaviest = splits.reduce((a, b) => (context.mass[b.at]! > context.mass[a.at]! ? b : a));
  const formula = formulaOfSite(heaviest, context);
  codes.splits[heaviest.at * formula.length + formula.findLastIndex((count) => count > 0)] = 1;
  return NaN;
}

/** Whether a node of this part has to split: no other one does, and none is still to be asked. */
function isSplitDue(splits: readonly Site[], { codes, known }: Pick<PartlyChosen, "codes" | "known">): boolean {
  const inPart = new Set(splits.map(({ at }) => at));
  const labels = codes.splits.length / known.splits.length;
  const isOpen = known.splits.some((isKnown, node) => isKnown === 0 && !inPart.has(node));
  return !isOpen && !codes.splits.some((count, at) => count > 0 && !inPart.has(Math.floor(at / labels)));
}

/** Log-probability that some node of a part splits, which is what it is conditioned on where one has to. */
function conditionOnSplit(splits: readonly Site[], rowOf: (site: Site) => Float64Array): number {
  const none = splits.reduce((sum, site) => sum + Math.log(rowOf(site)[0]!), 0);
  return Math.log1p(-Math.min(Math.exp(none), 1 - Number.EPSILON));
}

/** Takes the codes that are given, and says how likely they were. */
export function scored(given: Codes, splitCodes: SplitCodes): RevealOptions["choose"] {
  return (part, codes, logits, { context }, known) => {
    const rowOf = (site: Site) => probabilitiesOf(site, logits, context, { splitCodes, temperature: 1 });
    const splits = part.filter(({ of }) => of === "splits");
    const mustSplit = splits.length > 0 && isSplitDue(splits, { codes, known });
    let total = 0;
    for (const site of part) {
      if (site.of === "patterns") {
        codes.patterns[site.at] = given.patterns[site.at]!;
        total += Math.log(rowOf(site)[codes.patterns[site.at]!]!);
      } else {
        const formula = formulaOfSite(site, context);
        const lighter = formulaAt(given.splits, site.at, formula.length);
        codes.splits.set(lighter, site.at * formula.length);
        total += Math.log(splitCodes.probability(rowOf(site), formula, lighter));
      }
    }
    return mustSplit ? total - conditionOnSplit(splits, rowOf) : total;
  };
}

/** What a node of a level is made of. */
function formulaOfSite({ at }: Site, { formulas, mass }: Candidates) {
  return formulaAt(formulas, at, formulas.length / mass.length);
}

/** What each code of a site has as probability, in double precision. */
export function probabilitiesOf(
  site: Site,
  logits: LevelLogits,
  candidates: Candidates,
  { splitCodes, temperature }: Pick<DrawOptions, "splitCodes" | "temperature">,
): Float64Array {
  const { of, at } = site;
  const classes = logits[of].length / (of === "patterns" ? candidates.groups.count : candidates.mass.length);
  const row = Float64Array.from(logits[of].subarray(at * classes, (at + 1) * classes));
  if (of === "splits") {
    splitCodes.possible(formulaOfSite(site, candidates)).forEach((may, code) => {
      if (may === 0) row[code] = -Infinity;
    });
  }
  const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let i = 0; i < classes; i++) sum += row[i] = Math.exp((row[i]! - most) / temperature);
  for (let i = 0; i < classes; i++) row[i]! /= sum;
  return row;
}

/** The first code at which the sum of probabilities exceeds a number. */
function pick(row: Float64Array, number: number): number {
  let sum = 0;
  const found = row.findIndex((probability) => (sum += probability) > number);
  return found >= 0 ? found : row.findLastIndex((probability) => probability > 0);
}

/** A number that tells the sites of a level apart. */
function addressOf({ of, at }: Site, { groups }: Candidates): number {
  return of === "patterns" ? at : groups.count + at;
}

/** The first number that no site has as its address. */
function beyond({ mass, groups }: Candidates): number {
  return groups.count + mass.length;
}
