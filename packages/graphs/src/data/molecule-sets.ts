import { permutation, randomStream } from "@nextscale/refinement-core";

/** Names of the sets of molecules that are known here. */
export const MOLECULE_SET_NAMES = ["qm9", "zinc250k"] as const;

/** A set of molecules that papers compare on. */
export type MoleculeSetName = (typeof MOLECULE_SET_NAMES)[number];

/** What is known of a set before it is read. */
export interface MoleculeSetDescription {
  /** One line. */
  readonly title: string;
  readonly molecules: number;
  /** What whoever reports a number on it has to know. */
  readonly warnings: readonly string[];
  readonly source: string;
  readonly licence: string;
}

/** The sets, as described by the SOURCE.md beside each file. */
export const MOLECULE_SETS: Readonly<Record<MoleculeSetName, MoleculeSetDescription>> = {
  qm9: {
    title: "all molecules of up to nine heavy atoms C, N, O, F that are chemically sensible (GDB-9)",
    molecules: 133_885,
    warnings: [
      "an enumeration: molecules that are valid and not in it are mistakes of the model rather than discoveries",
      "87 molecules are in it twice, some of them in two parts",
    ],
    source: "github.com/aspuru-guzik-group/selfies at eb6177e, tests/test_sets/qm9.csv",
    licence: "Apache-2.0 (the repository)",
  },
  zinc250k: {
    title: "drug-like molecules that can be bought, 6 to 38 heavy atoms of nine elements, with charges",
    molecules: 249_455,
    warnings: [],
    source: "github.com/wenhao-gao/mol_opt at 2da631b, data/zinc.txt.gz; test part of github.com/harryjo97/GDSS",
    licence: "ZINC asks not to redistribute major portions",
  },
};

/** Places of the molecules of each part, in the order of the parts. */
export interface MoleculeSplit {
  readonly train: readonly number[];
  readonly validation: readonly number[];
  readonly test: readonly number[];
}

/** A fixed stream: a split is the same for everybody. */
const STREAM = randomStream(0, "graphs/data/split");

/** Sizes as in DiGress; which molecules are in which part is not published, so the parts are our own. */
const QM9 = { train: 100_000, test: 13_388 } as const;
const ZINC_VALIDATION = 5000;

/** The split of QM9: all molecules in a random order, 100,000 to train on, a tenth of all to test on, the rest to validate with. */
export function splitOfQm9(): MoleculeSplit {
  const order = Array.from(permutation(STREAM, MOLECULE_SETS.qm9.molecules));
  const until = QM9.train + QM9.test;
  return {
    train: order.slice(0, QM9.train),
    test: order.slice(QM9.train, until),
    validation: order.slice(until),
  };
}

/** The split of ZINC250k: its published test part; of the rest, in a random order, 5,000 to validate with. */
export function splitOfZinc(published: readonly number[]): MoleculeSplit {
  const taken = new Set(published);
  const rest = Array.from(permutation(STREAM, MOLECULE_SETS.zinc250k.molecules)).filter((at) => !taken.has(at));
  return { train: rest.slice(ZINC_VALIDATION), validation: rest.slice(0, ZINC_VALIDATION), test: published };
}
