import { fitMoleculeMetrics, type Chemistry, type MoleculeDistances, type MoleculeReport, type MoleculeShares, type Outcome, type Share } from "@nextscale/graphs"; // prettier-ignore
import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import { formatTable } from "../output.js";
import { figure, shareText } from "./share-text.js";
import { reasonsText } from "./validity.js";

/** What samples are measured against. */
export interface MoleculeComparison {
  readonly chemistry: Chemistry;
  readonly train: readonly string[];
  /** The part of the set that samples are compared with. */
  readonly held: readonly string[];
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Measures molecules; what takes long is shown by a watched chemistry. */
export async function compareMolecules(
  samples: readonly Outcome<string>[],
  { chemistry, train, held, seed, signal }: MoleculeComparison,
): Promise<MoleculeReport> {
  const metrics = await fitMoleculeMetrics({ chemistry, train, test: held, seed });
  await untilSignalsAreSeen();
  signal.throwIfAborted();
  return metrics.score(samples);
}

/** Shares and distances as tables, each beside what real molecules score. @param split what these are called */
export function moleculeTables({ samples, real, distances, floor, compared }: MoleculeReport, split: string): string[] {
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
  ];
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
