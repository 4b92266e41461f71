import { gzipSync } from "node:zlib";
import { NextscaleError } from "@nextscale/engine";
import {
  edgeListText,
  gexfText,
  graphGridSvg,
  graphLinesText,
  graphmlText,
  moleculeGridSvg,
  scaleStripSvg,
  sdfText,
  smilesText,
  valuesOf,
  type Chemistry,
  type Graph,
  type GraphSample,
  type MoleculeVocabulary,
  type Outcome,
} from "@nextscale/graphs";
import type { SampleFormat } from "./sample-format.js";
import { validityCount, type Validity } from "./validity.js";

/** Turns samples into the content of a file, a part at a time, and keeps of them only what is to be written. */
export interface SampleTexts {
  /** @param first number of the first sample */
  add(samples: readonly GraphSample[], first: number): Promise<void>;
  finish(): SampleContent;
}

/** What is written of samples. */
export interface SampleContent {
  /** Bytes, since a text of all could be longer than a string may be. */
  readonly bytes: Uint8Array;
  readonly written: number;
  /** Of molecules whose format leaves out what is none. */
  readonly validity?: Validity;
  /** The first that is written, at all scales, where that is asked for; undefined of none. */
  readonly strip: string | undefined;
}

/** Pixels of a molecule in a grid. */
const PICTURE = { width: 200, height: 160 } as const;
/** Molecules side by side, at most. */
const COLUMNS = 10;

/** What is made of samples besides the content of their file. */
export interface SampleTextsOptions {
  /** Whether the first of them is drawn at all its scales. */
  readonly strip: boolean;
}

/** All graphs, with their labels. */
export function graphTexts(format: SampleFormat, options: SampleTextsOptions): SampleTexts {
  const parts: Uint8Array[] = [];
  const drawn: Graph[] = [];
  let written = 0;
  let strip: string | undefined;
  return {
    async add(samples, first) {
      if (options.strip) strip ??= stripOf(samples[0], first);
      const graphs = samples.map(({ graph }) => graph);
      if (format === ".svg") drawn.push(...graphs);
      else parts.push(Buffer.from(textOf(format, graphs, written === 0)));
      written += graphs.length;
    },
    finish: () => {
      const bytes = format === ".svg" ? Buffer.from(graphGridSvg(drawn)) : Buffer.concat(parts);
      return { bytes, written, strip };
    },
  };
}

/** @param isFirst only the first part of a file has its header */
function textOf(format: SampleFormat, graphs: readonly Graph[], isFirst: boolean): string {
  const single = { ".graphml": graphmlText, ".gexf": gexfText, ".edges": edgeListText } as const;
  if (format in single) return [...single[format as keyof typeof single](graphs[0]!)].join("");
  const [header, ...lines] = graphLinesText(graphs.map((graph) => ({ graph })));
  return [...(isFirst ? [header] : []), ...lines].join("");
}

/** Those graphs that are molecules, each as `sample-<number>`. */
export function moleculeTexts(
  format: SampleFormat,
  chemistry: Chemistry,
  atoms: MoleculeVocabulary,
  options: SampleTextsOptions,
): SampleTexts {
  const parts: Uint8Array[] = [];
  const drawings: string[] = [];
  const names: string[] = [];
  const validity = validityCount();
  let strip: string | undefined;
  return {
    async add(samples, first) {
      const smiles = await chemistry.canonicalSmiles(
        samples.map(({ graph }) => graph),
        atoms,
      );
      const written = await moleculesAs(format, chemistry, smiles);
      validity.add(written);
      const texts = written.map((outcome, i) => {
        if (!outcome.ok) return "";
        const name = nameOf(first + i);
        if (options.strip) strip ??= stripOf(samples[i], first + i);
        if (format !== ".svg") return named(format, outcome.value, name, smiles[i]!);
        names.push(name);
        drawings.push(outcome.value);
        return "";
      });
      parts.push(Buffer.from(texts.join("")));
    },
    finish() {
      const bytes = format === ".svg" ? Buffer.from(gridOf(drawings, names)) : Buffer.concat(parts);
      const found = validity.result();
      return { bytes, written: found.valid, validity: found, strip };
    },
  };
}

/** Each molecule as a format has it, without its name. */
async function moleculesAs(
  format: SampleFormat,
  chemistry: Chemistry,
  smiles: readonly Outcome<string>[],
): Promise<readonly Outcome<string>[]> {
  if (format === ".smi") return smiles;
  const valid = valuesOf(smiles);
  const answers = await (format === ".sdf" ? chemistry.molblocks(valid) : chemistry.drawings(valid, PICTURE));
  let next = 0;
  return smiles.map((outcome) => (outcome.ok ? answers[next++]! : outcome));
}

function named(format: SampleFormat, text: string, name: string, smiles: Outcome<string>): string {
  if (format === ".smi") return smilesText([{ smiles: text, name }]);
  // The first line of a molfile is the name, which RDKit leaves empty.
  const molblock = `${name}${text.slice(text.indexOf("\n"))}`;
  return sdfText([{ molblock, properties: smiles.ok ? { SMILES: smiles.value } : {} }]);
}

function gridOf(drawings: readonly string[], captions: readonly string[]): string {
  if (drawings.length > 0) {
    const columns = Math.min(COLUMNS, Math.ceil(Math.sqrt(drawings.length)));
    return moleculeGridSvg(drawings, { columns, captions });
  }
  throw new NextscaleError({
    code: "invalid-data",
    where: "graphs sample",
    expected: "a valid molecule to draw",
    got: "none among the samples",
    fix: "write .smi to see why, sample more, or add --valence --connected",
  });
}

function nameOf(number: number): string {
  return `sample-${number}`;
}

function stripOf(sample: GraphSample | undefined, number: number): string | undefined {
  return sample === undefined ? undefined : scaleStripSvg(sample.levels, { title: nameOf(number) });
}

/** Content as the name of its file promises it. */
export function packedFor(path: string, bytes: Uint8Array): Uint8Array {
  return path.toLowerCase().endsWith(".gz") ? gzipSync(bytes) : bytes;
}
