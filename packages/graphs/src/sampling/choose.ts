import { uniforms, type RandomStream } from "@nextscale/refinement-core";
import type { Codes } from "../codes/codes.js";
import type { Site } from "../codes/sites.js";
import { splitClass, splitClasses, splitOfClass } from "../codes/split-classes.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { GraphStep, LevelLogits, RevealOptions } from "./reveal.js";

/** Attempts at splits of which one at least splits; a trained refiner hardly ever needs a second. */
const ATTEMPTS = 1000;

/** Draws codes: a function of the stream, the item, the scale and the site alone. */
export function drawn(stream: RandomStream, item: number, temperature: number): RevealOptions["choose"] {
  return (part, codes, logits, step) => {
    const uniform = (site: Site, attempt: number) => {
      const sites = { first: addressOf(site, step.context), count: 1 };
      return uniforms(stream, {
        items: { first: item, count: 1 },
        scale: step.index,
        sites,
        draws: 2 * (attempt + 1),
      }).subarray(2 * attempt);
    };
    let total = 0;
    const take = (site: Site, attempt: number): number => {
      const row = probabilitiesOf(site, logits, step.context, temperature);
      const [first, second] = uniform(site, attempt) as unknown as [number, number];
      const code = pick(row, first);
      const mass = step.context.mass[site.at]!;
      codes[site.of][site.at] = site.of === "splits" ? splitOfClass(mass, code, second) : code;
      return (
        Math.log(row[code]!) - (site.of === "splits" ? Math.log(splitClass(mass, codes.splits[site.at]!).width) : 0)
      );
    };
    for (const site of part) if (site.of !== "splits") total += take(site, 0);
    return total + drawSplits(part, codes, logits, step, temperature, take);
  };
}

/** All splits of a part; where no node of the level would split, all of them once more. */
function drawSplits(
  part: readonly Site[],
  codes: Codes,
  logits: LevelLogits,
  step: GraphStep,
  temperature: number,
  take: (site: Site, attempt: number) => number,
): number {
  const splits = part.filter(({ of }) => of === "splits");
  if (splits.length === 0) return 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const total = splits.reduce((sum, site) => sum + take(site, attempt), 0);
    if (codes.splits.some((split) => split > 0))
      return total - conditionOnSplit(splits, codes, logits, step, temperature);
  }
  // So unlikely that it says the refiner is broken: the heaviest node splits in two.
  const heaviest = splits.reduce((a, b) => (step.context.mass[b.at]! > step.context.mass[a.at]! ? b : a));
  codes.splits[heaviest.at] = Math.floor(step.context.mass[heaviest.at]! / 2);
  return NaN;
}

/** Log-probability that some node of a part splits, which is what it is conditioned on where none before did. */
function conditionOnSplit(
  splits: readonly Site[],
  codes: Codes,
  logits: LevelLogits,
  { context }: GraphStep,
  temperature: number,
): number {
  const inPart = new Set(splits.map(({ at }) => at));
  if (codes.splits.some((split, node) => split > 0 && !inPart.has(node))) return 0;
  const none = splits.reduce((sum, site) => sum + Math.log(probabilitiesOf(site, logits, context, temperature)[0]!), 0);
  return Math.log1p(-Math.min(Math.exp(none), 1 - Number.EPSILON));
}

/** Takes the codes that are given, and says how likely they were. */
export function scored(given: Codes): RevealOptions["choose"] {
  return (part, codes, logits, step) => {
    let total = 0;
    for (const site of part) {
      codes[site.of][site.at] = given[site.of][site.at]!;
      const row = probabilitiesOf(site, logits, step.context, 1);
      if (site.of !== "splits") total += Math.log(row[codes[site.of][site.at]!]!);
      else {
        const { code, width } = splitClass(step.context.mass[site.at]!, codes.splits[site.at]!);
        total += Math.log(row[code]!) - Math.log(width);
      }
    }
    const splits = part.filter(({ of }) => of === "splits");
    return splits.length === 0 ? total : total - conditionOnSplit(splits, codes, logits, step, 1);
  };
}

/** What each code of a site has as probability, in double precision. */
export function probabilitiesOf(
  { of, at }: Site,
  logits: LevelLogits,
  { mass, groups }: Candidates,
  temperature: number,
): Float64Array {
  const count = of === "patterns" ? groups.count : mass.length;
  const classes = logits[of].length / count;
  const row = Float64Array.from(logits[of].subarray(at * classes, (at + 1) * classes));
  if (of === "splits") row.fill(-Infinity, splitClasses(mass[at]!));
  const most = Math.max(...row);
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
function addressOf({ of, at }: Site, { mass, groups }: Candidates): number {
  if (of === "kinds") return at;
  return of === "patterns" ? mass.length + at : mass.length + groups.count + at;
}
