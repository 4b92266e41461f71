import { NextscaleError } from "@nextscale/engine";
import {
  GRAPH_SET_NAMES,
  MOLECULE_SET_NAMES,
  type Graph,
  type GraphModel,
  type GraphSampleRequest,
  type GraphSetName,
  type MoleculeReport,
  type MoleculeSetName,
  type Share,
} from "@nextscale/graphs";
import { graphComparison, type GraphReports } from "./compare-graphs.js";
import { moleculeComparison } from "./compare-molecules.js";
import type { AskedProperty, PropertyFit } from "./property.js";
import { sampleInParts, type SamplingTally } from "./sampling.js";
import type { Skipped } from "./skipped-lines.js";

/** What samples are compared with. */
export type Dataset =
  | { readonly kind: "molecules"; readonly name: MoleculeSetName }
  | { readonly kind: "graphs"; readonly name: GraphSetName };

/** Part of a set that samples are compared with: for decisions, or for the final figures. */
export type Split = "validation" | "test";

/** How samples are compared. */
export interface ComparisonOptions {
  readonly split: Split;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** A set, and what samples are measured by, which is fitted when the first are. */
export interface Comparison {
  /** Of the set that was read, which may be one of our own generators. */
  readonly data: string;
  readonly sizes: { readonly train: number; readonly held: number };
  /** What whoever reports a number on it has to know. */
  readonly warnings: readonly string[];
  /** As many samples as are usual. */
  readonly usual: number;
  /** What a distance is, and which share says most, for tables. */
  readonly terms: { readonly distance: string; readonly share: ShareName };
  /** None yet. */
  gather(): Samples;
  close(): Promise<void>;
}

/** Samples that are gathered to be measured. */
export interface Samples {
  /** What a model made, as far as it is measured: its levels are not held. */
  add(graphs: readonly Graph[], model: Pick<GraphModel, "config">): Promise<void>;
  /** What is in a file: what is malformed is an error, and a molecule that is none an invalid sample, unless such are to be left out. */
  addFile(path: string, skipInvalid: boolean): Promise<{ readonly skipped: readonly Skipped[]; readonly skippedCount: number }>; // prettier-ignore
  /** Training graphs or molecules, drawn at random: what a model that knows them by heart would make. */
  addTraining(count: number): Promise<void>;
  /** @param asked what molecules were to be like: how near they come to it is measured too */
  measure(asked?: AskedProperty): Promise<Measurement>;
}

/** What molecules score. */
export interface MoleculeMeasurement {
  readonly molecules: MoleculeReport;
  /** Of a property that was asked for. */
  readonly property?: AskedProperty & { readonly samples: PropertyFit | null; readonly real: PropertyFit | null };
}

/** What samples score. */
export interface Measurement {
  readonly report: MoleculeMeasurement | { readonly graphs: GraphReports };
  readonly tables: readonly string[];
  readonly figures: Figures;
  /** Of the set's own graphs or molecules in the samples' place. */
  readonly real: Shares;
}

/** The same of graphs and molecules. */
export interface Figures extends Shares {
  /** From the set; null of too few samples. */
  readonly distance: number | null;
  /** What as many training graphs or molecules are away from it. */
  readonly floor: number | null;
}

/** Of all samples, but for molecules, where unique ones are counted among the valid and novel ones among the unique. */
export interface Shares {
  /** Absent where it is not known what makes a graph valid. */
  readonly valid?: Share;
  readonly unique: Share;
  readonly novel: Share;
  /** All that are known of the three. */
  readonly all: Share;
}

/** Which share. */
export type ShareName = keyof Shares;

/** @throws NextscaleError `invalid-argument` for the name of no set */
export function datasetNamed(where: string, name: string): Dataset {
  const molecules = MOLECULE_SET_NAMES.find((known) => known === name);
  if (molecules !== undefined) return { kind: "molecules", name: molecules };
  const graphs = GRAPH_SET_NAMES.find((known) => known === name);
  if (graphs !== undefined) return { kind: "graphs", name: graphs };
  throw invalid(where, `--dataset among ${[...MOLECULE_SET_NAMES, ...GRAPH_SET_NAMES].join(", ")}`, name);
}

/** @throws NextscaleError `invalid-argument` for a model of molecules and a set of other graphs, or the other way round */
export function requireModelFor(where: string, { config }: Pick<GraphModel, "config">, { kind, name }: Dataset): void {
  const isOfMolecules = config.atoms !== undefined;
  if (isOfMolecules === (kind === "molecules")) return;
  const [wanted, got] = isOfMolecules ? ["graphs without atoms", "molecules"] : ["molecules", "other graphs"];
  throw invalid(where, `a model of ${wanted} for --dataset ${name}`, `one of ${got}`);
}

/**
 * Reads a set and gets ready to compare samples with it.
 *
 * @throws NextscaleError as `readMoleculeSet` and `readGraphSet`; `invalid-argument` for a split that the set has not
 */
export async function openComparison(where: string, set: Dataset, options: ComparisonOptions): Promise<Comparison> {
  const comparison = await (set.kind === "molecules"
    ? moleculeComparison(set.name, options)
    : graphComparison(set.name, options));
  if (comparison.sizes.held > 0) return comparison;
  await comparison.close();
  throw invalid(where, `--split with graphs in ${set.name}`, `${options.split}, which has none`);
}

/** Samples a model and measures what it made; a label says in the progress line what is sampled. */
export async function sampleAndMeasure(
  model: GraphModel,
  comparison: Comparison,
  { label, ...request }: Omit<GraphSampleRequest, "onProgress" | "first"> & { readonly label?: string },
): Promise<{ readonly tally: SamplingTally; readonly measurement: Measurement }> {
  const samples = comparison.gather();
  const take = (some: readonly { readonly graph: Graph }[]) => samples.add(some.map(({ graph }) => graph), model); // prettier-ignore
  const tally = await sampleInParts(model, request, take, label === undefined ? {} : { label });
  return { tally, measurement: await samples.measure(askedOf(model, request.property)) };
}

function askedOf({ config }: GraphModel, value: number | undefined): AskedProperty | undefined {
  return value === undefined || config.property === undefined ? undefined : { name: config.property.name, value };
}

function invalid(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where, expected, got });
}
