import { NextscaleError } from "@nextscale/engine";
import type { Chemistry } from "./chemistry.js";
import type { MoleculeParts } from "./molecule.js";
import type { Outcome } from "./rdkit/question.js";

/** What a text of molecules may be at most. */
export const SMILES_TEXT_LIMITS = {
  /** Characters of all, unpacked. ZINC250k has 11 million, GuacaMol 80 million. */
  characters: 200_000_000,
  lines: 20_000_000,
} as const;

/** A molecule of a text, and where it stands. */
export interface SmilesLine {
  /** From 1. */
  readonly line: number;
  readonly smiles: string;
  /** What follows the SMILES on its line; empty without. */
  readonly name: string;
}

/**
 * Reads a text with a molecule a line: a SMILES, and after white space what it is called. Empty lines are left out; of a SMILES that is too large
 * `Chemistry` says so.
 *
 * @throws NextscaleError `invalid-file` for a text beyond {@link SMILES_TEXT_LIMITS}
 */
export function readSmilesLines(text: string): SmilesLine[] {
  const { characters, lines: mostLines } = SMILES_TEXT_LIMITS;
  if (text.length > characters) throw invalid(`at most ${characters} characters`, `${text.length}`);
  const found: SmilesLine[] = [];
  for (let start = 0, line = 1; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (line > mostLines) throw invalid(`at most ${mostLines} lines`, "more");
    const content = text.slice(start, end).trim();
    start = end + 1;
    if (content === "") continue;
    const [smiles] = content.split(/\s/, 1) as [string];
    found.push({ line, smiles, name: content.slice(smiles.length).trim() });
  }
  return found;
}

/**
 * A text with a molecule a line, as {@link readSmilesLines} reads it.
 *
 * @throws NextscaleError `invalid-argument` for a SMILES with white space or nothing in it, or a name with a line end
 */
export function smilesText(molecules: Iterable<string | Pick<SmilesLine, "smiles" | "name">>): string {
  const lines: string[] = [];
  for (const molecule of molecules) {
    const { smiles, name } = typeof molecule === "string" ? { smiles: molecule, name: "" } : molecule;
    if (!/^\S+$/.test(smiles) || /[\r\n]/.test(name)) {
      throw new NextscaleError({
        code: "invalid-argument",
        where: "graphs/smilesText",
        expected: "a SMILES without white space and a name without line ends",
        got: JSON.stringify({ smiles, name }),
      });
    }
    lines.push(name === "" ? smiles : `${smiles} ${name}`);
  }
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** The molecules of a file, and those that were left out. */
export interface ParsedMolecules {
  readonly molecules: readonly (SmilesLine & { readonly parts: MoleculeParts })[];
  readonly skipped: readonly (SmilesLine & { readonly outcome: Extract<Outcome<never>, { ok: false }> })[];
}

/** Options of {@link parseSmilesLines}. */
export interface ParseOptions {
  /** Leave out what is no molecule, instead of stopping at the first. Default: false. */
  readonly skipInvalid?: boolean;
}

/**
 * Parses the molecules of a file.
 *
 * @throws NextscaleError `invalid-data` for the first that is none, with its line's number, unless they are skipped
 */
export async function parseSmilesLines(
  chemistry: Chemistry,
  lines: readonly SmilesLine[],
  { skipInvalid = false }: ParseOptions = {},
): Promise<ParsedMolecules> {
  const outcomes = await chemistry.parse(lines.map(({ smiles }) => smiles));
  const molecules: ParsedMolecules["molecules"][number][] = [];
  const skipped: ParsedMolecules["skipped"][number][] = [];
  for (const [i, outcome] of outcomes.entries()) {
    const line = lines[i]!;
    if (outcome.ok) molecules.push({ ...line, parts: outcome.value });
    else if (skipInvalid) skipped.push({ ...line, outcome });
    else {
      throw new NextscaleError({
        code: "invalid-data",
        where: "graphs/parseSmilesLines",
        expected: "a molecule in every line",
        got: `${line.smiles.slice(0, 100)} in line ${line.line} (${outcome.reason}: ${outcome.detail})`,
        fix: "correct the line, or skip invalid ones with the option skipInvalid",
      });
    }
  }
  return { molecules, skipped };
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-file", where: "graphs/readSmilesLines", expected, got });
}
