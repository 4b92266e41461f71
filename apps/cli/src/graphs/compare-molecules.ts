import { fitMoleculeMetrics, valuesOf, type MoleculeDistances, type MoleculeMetrics, type MoleculeReport, type MoleculeSetName, type MoleculeShares, type Outcome, type Share } from "@nextscale/graphs"; // prettier-ignore
import { openChemistryWorker, readMoleculeSet } from "@nextscale/graphs/node";
import { permutation, randomStream } from "@nextscale/refinement-core";
import { formatTable } from "../output.js";
import type { Comparison, ComparisonOptions, MoleculeMeasurement, Shares } from "./comparison.js";
import { meanText } from "./mean.js";
import { canonicalOf, readMoleculeFile } from "./molecule-file.js";
import { fitToAsked, type PropertyFit } from "./property.js";
import { figure, shareText } from "./share-text.js";
import { reasonsText } from "./validity.js";
import { moleculeLines, watchedChemistry } from "./watched-chemistry.js";

/** Samples of a model: as many as papers take. */
const USUAL = 10_000;

/**
 * Compares molecules with a set of them.
 *
 * @throws NextscaleError as `readMoleculeSet`
 */
export async function moleculeComparison(name: MoleculeSetName, options: ComparisonOptions): Promise<Comparison> {
  const { split, seed, signal } = options;
  const { train, warnings, ...set } = await readMoleculeSet(name);
  return comparisonOfMolecules({ data: name, train, held: set[split], warnings }, { split, seed, signal });
}

/** SMILES to compare with. */
export interface MoleculeData extends Pick<Comparison, "data" | "warnings"> {
  readonly train: readonly string[];
  readonly held: readonly string[];
}

/** Compares molecules with others. */
export async function comparisonOfMolecules(
  { data, train, held, warnings }: MoleculeData,
  { split, seed, signal }: ComparisonOptions,
): Promise<Comparison> {
  const chemistry = await openChemistryWorker();
  const watched = watchedChemistry(chemistry, signal);
  const lines = moleculeLines();
  const watch = { signal, onProgress: lines.update };
  let fit: Promise<MoleculeMetrics> | undefined;
  let describedReal: Promise<Outcome<readonly number[]>[]> | undefined;
  const describeReal = async () => watched.descriptors(valuesOf(await watched.canonicalise(drawn(held, USUAL))));
  const drawn = (from: readonly string[], count: number): string[] => {
    const order = permutation(randomStream(seed, "cli/graphs/training"), from.length, { item: 0 });
    return Array.from(order.subarray(0, count), (at) => from[at]!);
  };
  return {
    ...{ data, warnings, usual: USUAL, sizes: { train: train.length, held: held.length } },
    terms: { distance: "Fréchet distance, descriptors", share: "valid" },
    gather() {
      const outcomes: Outcome<string>[] = [];
      // One by one: a call has no room for a million arguments.
      const take = (some: readonly Outcome<string>[]) => some.forEach((outcome) => outcomes.push(outcome));
      return {
        async add(graphs, { config: { atoms = [] } }) {
          take(await chemistry.canonicalSmiles(graphs, atoms));
        },
        async addFile(path, skipInvalid) {
          const file = await readMoleculeFile(path);
          const found = await canonicalOf(watched, file);
          const skipped = found.flatMap(
            (outcome, i) =>
            outcome.ok || !skipInvalid ? [] : [{ line: file.molecules[i]!.line, reason: `${outcome.reason}: ${outcome.detail}` }], // prettier-ignore
          );
          take(found.filter(({ ok }) => ok || !skipInvalid));
          return { skipped, skippedCount: skipped.length };
        },
        async addTraining(count) {
          take(await watched.canonicalise(drawn(train, count)));
        },
        async measure(asked) {
          fit ??= fitMoleculeMetrics({ chemistry, train, test: held, seed, ...watch });
          const molecules = await (await fit).score(outcomes, watch);
          const [distance, floor] = [molecules.distances, molecules.floor].map((of) => of?.frechetDescriptors ?? null);
          const property = asked && {
            ...asked,
            samples: fitToAsked(asked, await watched.descriptors(valuesOf(outcomes))),
            real: fitToAsked(asked, await (describedReal ??= describeReal())),
          };
          return {
            report: { molecules, ...(property === undefined ? {} : { property }) },
            tables: [
              ...moleculeTables(molecules, split),
              ...(property === undefined ? [] : ["", propertyTable(property, split)]),
            ],
            figures: { ...sharesOf(molecules.samples), distance: distance!, floor: floor! },
            real: sharesOf(molecules.real),
          };
        },
      };
    },
    async close() {
      lines.close();
      await chemistry.close();
    },
  };
}

function sharesOf({ valid, unique, novel, validUniqueNovel }: MoleculeShares): Shares {
  return { valid, unique, novel, all: validUniqueNovel };
}

/** Shares and distances as tables, each beside what real molecules score. @param split what these are called */
function moleculeTables({ samples, real, distances, floor, compared }: MoleculeReport, split: string): string[] {
  const row = (name: string, of: (shares: MoleculeShares) => Share) => [
    name,
    shareText(of(samples)),
    shareText(of(real)),
  ];
  const shares = [
    ["", `${samples.samples} samples`, `${real.samples} real ones (${split})`],
    row("valid, of all", ({ valid }) => valid),
    row("unique, of the valid", ({ unique }) => unique),
    row("novel, of the unique", ({ novel }) => novel),
    row("valid, unique and novel, of all", ({ validUniqueNovel }) => validUniqueNovel),
  ];
  const reasons = reasonsText(samples.invalid);
  const { test } = compared;
  const rows = DISTANCES.map(([name, best, of]) => {
    const [ours, real] = [distances, floor].map((some) => (some === null ? undefined : of(some)));
    const ratio = ours === undefined || real === undefined || !(real > 0) ? undefined : ours / real;
    return [name, figure(ours), figure(real), figure(ratio), best];
  });
  const header = ["", `${compared.samples} valid samples`, `${compared.floor} of the training set`, "ratio", "best"];
  return [
    formatTable(shares),
    ...(reasons === "" ? [] : [`not valid: ${reasons}`]),
    "",
    `distances from ${test} real molecules (${split}), beside the floor: molecules of the training set in the samples' place`,
    formatTable([header, ...rows]),
    ...(distances === null
      ? []
      : [`descriptors whose means are furthest off, in deviations: ${furthestOff(distances)}`]),
  ];
}

/** How near samples come to what was asked for, beside real molecules, of which nothing was asked. */
function propertyTable(
  { name, value, samples, real }: NonNullable<MoleculeMeasurement["property"]>,
  split: string,
): string {
  const row = (of: PropertyFit | null, what: string) => [
    `${of?.molecules ?? "no"} ${what}`,
    ...(of === null ? ["-", "-"] : [meanText(of.mean), meanText(of.error)]),
  ];
  return formatTable([
    [`${name}, asked to be ${value}`, "mean", "mean absolute error"],
    row(samples, "valid samples"),
    row(real, `real ones (${split})`),
  ]);
}

/** As many descriptors as one looks at. */
const FURTHEST = 4;

function furthestOff({ descriptorShifts }: MoleculeDistances): string {
  const shifts = Object.entries(descriptorShifts).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  return shifts
    .slice(0, FURTHEST)
    .map(([name, shift]) => `${name} ${shift < 0 ? "−" : "+"}${Math.abs(shift).toFixed(2)}`)
    .join(", ");
}

/** Distances by name, with what the best one is. */
const DISTANCES: readonly (readonly [string, string, (of: MoleculeDistances) => number])[] = [
  ["Fréchet distance, descriptors (not FCD)", "0", ({ frechetDescriptors }) => frechetDescriptors],
  ["Fréchet distance, Morgan (not FCD)", "0", ({ frechetMorgan }) => frechetMorgan],
  ["Tanimoto MMD², unbiased", "0", ({ tanimotoMmd }) => tanimotoMmd.unbiased],
  ["scaffold similarity", "1", ({ scaffoldSimilarity }) => scaffoldSimilarity],
  ["KL score, without BertzCT", "1", ({ klScore }) => klScore],
  ["nearest neighbour (SNN)", "as real", ({ nearestNeighbour }) => nearestNeighbour],
  ["internal diversity, p = 1", "as real", ({ internalDiversity }) => internalDiversity[0]],
  ["internal diversity, p = 2", "as real", ({ internalDiversity }) => internalDiversity[1]],
];
