import { isNextscaleError } from "@nextscale/engine";
import {
  moleculeGraph,
  valuesOf,
  vocabularyOf,
  type Chemistry,
  type Graph,
  type MoleculeParts,
  type MoleculeVocabulary,
  type Outcome,
} from "@nextscale/graphs";
import { readSdfFile, readSmilesFile } from "@nextscale/graphs/node";

/** A molecule of a file as its text, and where it stands. */
export interface MoleculeText {
  /** SMILES, or a molfile. */
  readonly text: string;
  readonly name: string;
  /** From 1; of a record the line that it begins at. */
  readonly line: number;
}

/** The molecules of a file, not yet looked at. */
export interface MoleculeFile {
  readonly form: "smiles" | "molfile";
  readonly molecules: readonly MoleculeText[];
}

/** Whether a name is that of a file of molecules. */
export function isMoleculeFile(path: string): boolean {
  return /\.(smi|sdf)(\.gz)?$/i.test(path);
}

/**
 * Reads a file whose name {@link isMoleculeFile} knows.
 *
 * @throws NextscaleError `invalid-file`
 */
export async function readMoleculeFile(path: string): Promise<MoleculeFile> {
  if (/\.smi(\.gz)?$/i.test(path)) {
    const lines = await readSmilesFile(path);
    return { form: "smiles", molecules: lines.map(({ smiles, name, line }) => ({ text: smiles, name, line })) };
  }
  const records = await readSdfFile(path);
  const nameOf = (molblock: string) => molblock.slice(0, molblock.indexOf("\n")).trim();
  return {
    form: "molfile",
    molecules: records.map(({ molblock, line }) => ({ text: molblock, name: nameOf(molblock), line })),
  };
}

/** Atoms and bonds of each molecule. */
export function partsOf(chemistry: Chemistry, { form, molecules }: MoleculeFile): Promise<Outcome<MoleculeParts>[]> {
  const texts = molecules.map(({ text }) => text);
  return form === "smiles" ? chemistry.parse(texts) : chemistry.parseMolblocks(texts);
}

/** The canonical SMILES of each molecule. */
export async function canonicalOf(chemistry: Chemistry, file: MoleculeFile): Promise<Outcome<string>[]> {
  if (file.form === "smiles") return chemistry.canonicalise(file.molecules.map(({ text }) => text));
  const parts = await partsOf(chemistry, file);
  const found = valuesOf(parts);
  if (found.length === 0) return parts.map((outcome) => outcome as Outcome<never>);
  const atoms = vocabularyOf(found);
  const graphs = found.map((molecule) => moleculeGraph(molecule, atoms));
  const smiles = await chemistry.canonicalSmiles(graphs, atoms);
  let next = 0;
  return parts.map((outcome) => (outcome.ok ? smiles[next++]! : outcome));
}

/** Molecules as graphs; one with an atom that the vocabulary has not is `unmodelled`. */
export function graphsWithin(
  parts: readonly Outcome<MoleculeParts>[],
  vocabulary: MoleculeVocabulary,
): Outcome<Graph>[] {
  return parts.map((outcome) => {
    if (!outcome.ok) return outcome;
    try {
      return { ok: true, value: moleculeGraph(outcome.value, vocabulary) };
    } catch (error) {
      if (isNextscaleError(error)) return { ok: false, reason: "unmodelled", detail: `${error.expected}, got ${error.got}` }; // prettier-ignore
      throw error;
    }
  });
}
