import { permutation, uniforms, type RandomStream } from "@nextscale/refinement-core";
import type { Codes } from "../codes/codes.js";
import type { Site } from "../codes/sites.js";
import { splitClass, splitClasses, splitOfClass } from "../codes/split-classes.js";
import type { Candidates } from "../pyramid/candidates.js";
import type { Constraint, PartlyChosen } from "./constraint.js";
import type { GraphStep, LevelLogits, RevealOptions } from "./reveal.js";

/** A site that no level has. */
const BEYOND = 2 ** 32 - 1;
/** Attempts at splits of which one at least splits; a trained refiner hardly ever needs a second. */
const ATTEMPTS = 1000;

/** How codes are drawn. */
export interface DrawOptions {
  readonly stream: RandomStream;
  readonly item: number;
  /** Below 1 what is likely becomes likelier. */
  readonly temperature: number;
  /** What the graph must be, the most important first. With any, the log-probability is that of the unconstrained law. */
  readonly constraints: readonly Constraint[];
  /** Called where constraints change what could be drawn, and where they leave nothing, in which case they are not kept. */
  readonly onConstrained?: (kept: boolean) => void;
}

/** Draws codes: a function of the stream, the item, the scale and the site alone, and of the codes that constraints look at. */
export function drawn(options: DrawOptions): RevealOptions["choose"] {
  const { stream, item, temperature, constraints } = options;
  return (part, codes, logits, step, known) => {
    const { index: scale, context: candidates } = step;
    const take = (site: Site, attempt: number): number => {
      const row = probabilitiesOf(site, logits, candidates, temperature);
      const sites = { first: addressOf(site, candidates), count: 1 };
      const numbers = uniforms(stream, { items: { first: item, count: 1 }, scale, sites, draws: 2 * (attempt + 1) });
      const code = pick(allowed(row, site, { candidates, codes, known }, options), numbers[2 * attempt]!);
      known[site.of][site.at] = 1;
      if (site.of !== "splits") {
        codes[site.of][site.at] = code;
        return Math.log(row[code]!);
      }
      const mass = candidates.mass[site.at]!;
      codes.splits[site.at] = splitOfClass(mass, code, numbers[2 * attempt + 1]!);
      return Math.log(row[code]!) - Math.log(splitClass(mass, codes.splits[site.at]!).width);
    };
    const plain = part.filter(({ of }) => of !== "splits");
    // Where one choice narrows the next, their order matters, and nodes have none.
    const order =
      constraints.length === 0
        ? plain
        : Array.from(permutation(stream, plain.length, { item, scale, site: BEYOND }), (at) => plain[at]!).sort(
            kindsFirst,
          );
    const total = order.reduce((sum, site) => sum + take(site, 0), 0);
    return total + drawSplits(part, codes, logits, step, temperature, take);
  };
}

/** What a node is says what constraints allow of its edges. */
function kindsFirst(a: Site, b: Site): number {
  return Number(b.of === "kinds") - Number(a.of === "kinds");
}

/** The probabilities of the codes that all constraints allow; without the last of the constraints where they allow none, and so on. */
function allowed(
  row: Float64Array,
  site: Site,
  level: PartlyChosen,
  { constraints, onConstrained }: DrawOptions,
): Float64Array {
  const tests = constraints.flatMap((constraint) => constraint(site, level) ?? []);
  for (let count = tests.length; count > 0; count--) {
    const some = tests.slice(0, count);
    const kept = row.map((probability, code) =>
      probability > 0 && some.every((test) => test(code)) ? probability : 0,
    );
    const sum = kept.reduce((total, probability) => total + probability, 0);
    if (sum === 0) continue;
    if (count < tests.length || sum < 1 - 1e-9) onConstrained?.(count === tests.length);
    return kept.map((probability) => probability / sum);
  }
  if (tests.length > 0) onConstrained?.(false);
  return row;
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
