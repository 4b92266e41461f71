import type { MainModule, Mol } from "@rdkit/rdkit";
import { CHARGES, elementOf, implicitHydrogens } from "../valence.js";
import { DESCRIPTORS } from "./descriptors.js";
import { without, type Answers, type FlatParts, type Outcome, type Question } from "./question.js";

/** Two bonds around an atom: what extended-connectivity fingerprints of diameter 4 look at. */
const MORGAN_RADIUS = 2;

/** Stereo marks and isotopes are not modelled, so the SMILES that molecules are told apart by have neither. */
const FLAT = JSON.stringify({ doIsomericSmiles: false });

/**
 * Answers a question about one text. The molecule never leaves this function: RDKit's memory is not collected, and one that is
 * not deleted is lost.
 *
 * @param lastError what RDKit said last, read when it refuses
 * @throws what RDKit throws; it must not be used any more then
 */
export function answer(rdkit: MainModule, question: Question, text: string, lastError: () => string): Outcome<unknown> {
  const molecule = rdkit.get_mol(text);
  if (molecule === null) return without("refused", lastError());
  try {
    if (molecule.get_num_atoms() === 0) return without("empty", "no atoms");
    return answerAbout(molecule, question);
  } finally {
    molecule.delete();
  }
}

function answerAbout(molecule: Mol, question: Question): Outcome<unknown> {
  switch (question.kind) {
    case "parts":
      return partsOf(molecule);
    case "canonical":
      return found(molecule.get_smiles(FLAT));
    case "descriptors": {
      const values = JSON.parse(molecule.get_descriptors()) as Record<string, number>;
      return found(DESCRIPTORS.map((name) => values[name]!));
    }
    case "fingerprint": {
      const options = JSON.stringify({ radius: MORGAN_RADIUS, nBits: question.bits });
      return found(bitsOf(molecule.get_morgan_fp_as_uint8array(options) as Uint8Array));
    }
    case "drawing":
      return found(molecule.get_svg(question.width, question.height));
    case "molblock":
      return found(molecule.get_v2Kmolblock());
    case "fragments":
      return found(fragmentsOf(molecule));
    default:
      throw new Error(`internal: unknown question ${String(question satisfies never)}`);
  }
}

function found<K extends keyof Answers>(value: Answers[K]): Outcome<Answers[K]> {
  return { ok: true, value };
}

/** Positions of the set bits of a fingerprint, bit 0 being the lowest of byte 0. */
function bitsOf(bytes: Uint8Array): number[] {
  const on: number[] = [];
  bytes.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) on.push(8 * at + bit);
  });
  return on;
}

function fragmentsOf(molecule: Mol): string[] {
  const { molList } = molecule.get_frags() as { molList: { next(): Mol | null; at_end(): boolean; delete(): void } };
  const smiles: string[] = [];
  try {
    while (!molList.at_end()) {
      const fragment = molList.next();
      if (fragment === null) continue;
      try {
        smiles.push(fragment.get_smiles(FLAT));
      } finally {
        fragment.delete();
      }
    }
  } finally {
    molList.delete();
  }
  return smiles;
}

/** An atom and a bond of RDKit's JSON, kekulised; what equals the default is left out. */
interface JsonAtom {
  readonly z?: number;
  readonly chg?: number;
  readonly impHs?: number;
  readonly nRad?: number;
  readonly isotope?: number;
}
interface JsonBond {
  readonly bo?: number;
  readonly atoms: readonly [number, number];
}

function partsOf(molecule: Mol): Outcome<FlatParts> {
  const { atoms, bonds } = (
    JSON.parse(molecule.get_json()) as { molecules: [{ atoms: JsonAtom[]; bonds?: JsonBond[] }] }
  ).molecules[0];
  const parts = { elements: [] as string[], charges: [] as number[], bonds: [] as number[] };
  const orders = new Int32Array(atoms.length);
  for (const {
    bo: order = 1,
    atoms: [a, b],
  } of bonds ?? []) {
    if (order !== 1 && order !== 2 && order !== 3)
      return without("unmodelled", `a bond that is not single, double or triple`);
    parts.bonds.push(a, b, order);
    orders[a]! += order;
    orders[b]! += order;
  }
  for (const [i, { z = 6, chg: charge = 0, impHs = 0, nRad = 0, isotope = 0 }] of atoms.entries()) {
    const element = elementOf(z);
    if (element === undefined) return without("unmodelled", `an atom of atomic number ${z}`);
    if (!CHARGES.includes(charge as 0)) return without("unmodelled", `${element} with charge ${charge}`);
    if (isotope !== 0) return without("unmodelled", `the isotope ${isotope} of ${element}`);
    // Else the graph would stand for the molecule that is filled up with hydrogens as usual.
    if (nRad !== 0 || impHs !== implicitHydrogens({ element, charge }, orders[i]!)) {
      return without("unmodelled", `${element} with ${impHs} hydrogens and ${nRad} unpaired electrons`);
    }
    parts.elements.push(element);
    parts.charges.push(charge);
  }
  return found<"parts">(parts);
}
