import { readSdf, SDF_LIMITS, sdfText, type SdfRecord, type SdfRecordAt } from "../../molecule/sdf.js";
import { readSmilesLines, SMILES_TEXT_LIMITS, smilesText, type SmilesLine } from "../../molecule/smiles-lines.js";
import { textOf } from "../unpacked.js";
import { writePieces } from "../write-pieces.js";

/**
 * Reads a file with a SMILES a line, packed with gzip or not.
 *
 * @throws NextscaleError `invalid-file`, with the line's number where a line is at fault
 */
export async function readSmilesFile(path: string): Promise<SmilesLine[]> {
  return readSmilesLines(await textOf("graphs/readSmilesFile", path, SMILES_TEXT_LIMITS.characters));
}

/**
 * Writes a file with a SMILES a line, packed with gzip where its name ends with `.gz`.
 *
 * @throws NextscaleError `invalid-argument` for what has no place on a line, `unwritable`
 */
export async function writeSmilesFile(
  path: string,
  molecules: Iterable<string | Pick<SmilesLine, "smiles" | "name">>,
): Promise<void> {
  await writePieces("graphs/writeSmilesFile", path, [smilesText(molecules)]);
}

/**
 * Reads a structure-data file, packed with gzip or not.
 *
 * @throws NextscaleError `invalid-file`, with the line's number where a record is at fault
 */
export async function readSdfFile(path: string): Promise<SdfRecordAt[]> {
  return readSdf(await textOf("graphs/readSdfFile", path, SDF_LIMITS.characters));
}

/**
 * Writes a structure-data file, packed with gzip where its name ends with `.gz`.
 *
 * @throws NextscaleError `invalid-argument` for what the format has no place for, `unwritable`
 */
export async function writeSdfFile(path: string, records: Iterable<SdfRecord>): Promise<void> {
  await writePieces("graphs/writeSdfFile", path, [sdfText(records)]);
}
