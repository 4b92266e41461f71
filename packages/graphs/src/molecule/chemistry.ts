import type { Graph } from "../graph/graph.js";
import type { MoleculeParts } from "./molecule.js";
import type { Outcome } from "./rdkit/question.js";
import type { MoleculeVocabulary } from "./vocabulary.js";

/**
 * What a molecule may be at most. A chain of 600 atoms stops some of RDKit's functions, one of 1000 its whole instance, for good
 * (rdkit #9115); a quarter of that leaves room for shapes that need more stack.
 */
export const MOLECULE_LIMITS = {
  /** Heavy atoms, and bonds between them. */
  atoms: 250,
  bonds: 300,
  /** Characters of a SMILES. */
  smiles: 500,
  /** Characters of a molfile. */
  molblock: 65_536,
  /** Bits of a fingerprint, at least and at most. */
  bits: [64, 16_384],
  /** Pixels of a side of a drawing, at least and at most. */
  pixels: [16, 4096],
} as const;

/**
 * RDKit, asked about many molecules at a time. Every answer stands at its molecule's place; a molecule that has none says why,
 * and none of them can harm the others' answers. Molecules are texts in SMILES unless said otherwise.
 *
 * @see Outcome for what becomes of a molecule without an answer
 */
export interface Chemistry {
  /** RDKit's version. */
  readonly version: string;
  /** Heavy atoms and bonds, kekulised. Stereo marks are left out; radicals, isotopes and other elements are `unmodelled`. */
  parse(smiles: readonly string[]): Promise<Outcome<MoleculeParts>[]>;
  /** The same of molfiles, V2000. */
  parseMolblocks(blocks: readonly string[]): Promise<Outcome<MoleculeParts>[]>;
  /**
   * The canonical SMILES of graphs, the same for every order of their nodes. Only what is valid as it stands has one: an atom at
   * least, one fragment, and RDKit takes every atom with the charge it has. Where RDKit would separate charges, as in N(=O)=O,
   * it would make another molecule of it: that is `changed`, and not valid.
   *
   * @throws NextscaleError `invalid-data` for a label that stands for nothing
   */
  canonicalSmiles(graphs: readonly Graph[], vocabulary: MoleculeVocabulary): Promise<Outcome<string>[]>;
  /**
   * The canonical SMILES of the same molecules without stereo marks and isotopes: of one fragment, with an atom at least. What
   * others wrote is taken as RDKit reads it, with charges separated.
   */
  canonicalise(smiles: readonly string[]): Promise<Outcome<string>[]>;
  /** The numbers named by {@link DESCRIPTORS}, in that order. */
  descriptors(smiles: readonly string[]): Promise<Outcome<readonly number[]>[]>;
  /**
   * The bits that are set, ascending, in a Morgan fingerprint of radius 2 (Rogers, Hahn 2010: ECFP4).
   *
   * @throws NextscaleError `invalid-argument` for bits outside {@link MOLECULE_LIMITS}
   */
  fingerprints(smiles: readonly string[], bits: number): Promise<Outcome<readonly number[]>[]>;
  /**
   * A picture of each, as an SVG document.
   *
   * @param size in pixels
   * @throws NextscaleError `invalid-argument` for a size outside {@link MOLECULE_LIMITS}
   */
  drawings(
    smiles: readonly string[],
    size: { readonly width: number; readonly height: number },
  ): Promise<Outcome<string>[]>;
  /** Molfiles, V2000, kekulised, with coordinates in the plane. */
  molblocks(smiles: readonly string[]): Promise<Outcome<string>[]>;
  /** The canonical SMILES of each of a molecule's fragments. */
  fragments(smiles: readonly string[]): Promise<Outcome<readonly string[]>[]>;
  /** Frees RDKit. Later calls are rejected. Idempotent. */
  close(): Promise<void>;
}
