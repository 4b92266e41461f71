import { NextscaleError } from "@nextscale/engine";
import { requireArgument } from "@nextscale/refinement-core";
import * as z from "zod";
import {
  MOLECULE_SET_NAMES,
  MOLECULE_SETS,
  splitOfQm9,
  splitOfZinc,
  type MoleculeSetName,
  type MoleculeSplit,
} from "../data/molecule-sets.js";
import { readSmilesFile } from "./chemistry/molecule-files.js";
import { fileOfSet } from "./file-of-set.js";
import { textOf } from "./unpacked.js";

/** A set of molecules, read: SMILES. */
export interface MoleculeSet {
  readonly name: MoleculeSetName;
  readonly train: readonly string[];
  readonly validation: readonly string[];
  readonly test: readonly string[];
  /** What whoever reports a number on it has to know. */
  readonly warnings: readonly string[];
}

const WHERE = "graphs/readMoleculeSet";
/** Characters of a file of places. */
const MOST_CHARACTERS = 10_000_000;

/**
 * Reads a published set of molecules from the folder `graphs` of that which the environment variable `NEXTSCALE_DATA` names.
 *
 * @throws NextscaleError `missing-data` where it is not there, `invalid-file` where it is damaged, `invalid-data` where it is not the
 *   set that was published
 */
export async function readMoleculeSet(name: MoleculeSetName): Promise<MoleculeSet> {
  requireArgument(WHERE, "name", name, {
    expected: `one of ${MOLECULE_SET_NAMES.join(", ")}`,
    fits: (value) => MOLECULE_SET_NAMES.some((known) => known === value),
  });
  const { molecules, source, warnings } = MOLECULE_SETS[name];
  const files = [`${name}.smi.gz`, `${name}.smi`];
  const path = fileOfSet(name, files, {
    where: WHERE,
    fix: `make it of ${source}, a SMILES a line in the order there`,
  });
  const lines = await readSmilesFile(path);
  if (lines.length !== molecules) throw invalid(`${molecules} molecules in ${path}`, `${lines.length}`);
  const split = name === "qm9" ? splitOfQm9() : splitOfZinc(await publishedTest());
  const smilesOf = (part: keyof MoleculeSplit) => split[part].map((at) => lines[at]!.smiles);
  return { name, train: smilesOf("train"), validation: smilesOf("validation"), test: smilesOf("test"), warnings };
}

/** Places of the test molecules of ZINC250k. */
async function publishedTest(): Promise<readonly number[]> {
  const { molecules } = MOLECULE_SETS.zinc250k;
  const path = fileOfSet("zinc250k", ["test_index.json.gz", "test_index.json"], {
    where: WHERE,
    fix: "make it of github.com/harryjo97/GDSS, data/valid_idx_zinc250k.json",
  });
  const schema = z.array(z.int().min(0).max(molecules - 1)).min(1); // prettier-ignore
  const text = await textOf(WHERE, path, MOST_CHARACTERS);
  const parsed = schema.safeParse(jsonOf(text));
  if (!parsed.success) throw invalid(`a list of places below ${molecules} in ${path}`, "something else");
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: WHERE, expected, got, fix: "fetch the file again" });
}
