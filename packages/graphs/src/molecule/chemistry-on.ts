import { NextscaleError } from "@nextscale/engine";
import { requireArgument, wholeWithin } from "@nextscale/refinement-core";
import { componentsOf } from "../graph/components.js";
import type { Graph } from "../graph/graph.js";
import { MOLECULE_LIMITS, type Chemistry } from "./chemistry.js";
import type { Executor } from "./executor.js";
import { molblockCounts, molblockOf } from "./molblock.js";
import { moleculeParts, type MoleculeParts } from "./molecule.js";
import { without, type Answers, type FlatParts, type Outcome, type Question } from "./rdkit/question.js";
import type { ElementSymbol } from "./valence.js";
import type { MoleculeVocabulary } from "./vocabulary.js";

/** Chemistry wherever an executor runs it. Whatever RDKit must not see is sorted out here, before it is called. */
export function chemistryOn(executor: Executor): Chemistry {
  const ask = <Q extends Question>(question: Q, smiles: readonly string[]) =>
    askAllowed(executor, question, requireTexts(smiles), refuseSmiles);
  return {
    version: executor.version,
    parse: async (smiles) => (await ask({ kind: "parts" }, smiles)).map((outcome) => mapped(outcome, unflatten)),
    parseMolblocks: async (blocks) => {
      const outcomes = await askAllowed(executor, { kind: "parts" }, requireTexts(blocks), refuseMolblock);
      return outcomes.map((outcome) => mapped(outcome, unflatten));
    },
    canonicalSmiles: (graphs, vocabulary) => canonicalSmiles(executor, graphs, vocabulary),
    canonicalise: async (smiles) =>
      (await ask({ kind: "canonical" }, smiles)).map((outcome) => checked(outcome, refuseFragments)),
    descriptors: async (smiles) =>
      (await ask({ kind: "descriptors" }, smiles)).map((outcome) => checked(outcome, refuseNumbers)),
    fingerprints: async (smiles, bits) => {
      requireArgument(WHERE, "bits", bits, wholeWithin(...MOLECULE_LIMITS.bits));
      return ask({ kind: "fingerprint", bits }, smiles);
    },
    drawings: async (smiles, { width, height }) => {
      requireArgument(WHERE, "width", width, wholeWithin(...MOLECULE_LIMITS.pixels));
      requireArgument(WHERE, "height", height, wholeWithin(...MOLECULE_LIMITS.pixels));
      return ask({ kind: "drawing", width, height }, smiles);
    },
    molblocks: async (smiles) => ask({ kind: "molblock" }, smiles),
    fragments: async (smiles) => ask({ kind: "fragments" }, smiles),
    close: () => executor.close(),
  };
}

const WHERE = "graphs/chemistry";

type Refusal = Outcome<never> | undefined;

/** Asks about the texts that nothing speaks against. */
async function askAllowed<Q extends Question>(
  executor: Executor,
  question: Q,
  texts: readonly string[],
  refuse: (text: string) => Refusal,
): Promise<Outcome<Answers[Q["kind"]]>[]> {
  const refusals = texts.map(refuse);
  const answers = await executor.run(
    question,
    texts.filter((_, i) => refusals[i] === undefined),
  );
  let next = 0;
  return refusals.map((refusal) => refusal ?? answers[next++]!);
}

async function canonicalSmiles(
  executor: Executor,
  graphs: readonly Graph[],
  vocabulary: MoleculeVocabulary,
): Promise<Outcome<string>[]> {
  const molecules = graphs.map((graph) => ({ parts: moleculeParts(graph, vocabulary), refusal: refuseGraph(graph) }));
  const allowed = molecules.filter(({ refusal }) => refusal === undefined);
  const answers = await executor.run(
    { kind: "canonical" },
    allowed.map(({ parts }) => molblockOf(parts)),
  );
  let next = 0;
  return molecules.map(
    ({ parts, refusal }) => refusal ?? checked(answers[next++]!, (smiles) => refuseChange(parts, smiles)),
  );
}

function refuseGraph(graph: Graph): Refusal {
  const { nodeCount, edgeCount } = graph;
  if (nodeCount === 0) return without("empty", "no atoms");
  const { atoms, bonds } = MOLECULE_LIMITS;
  if (nodeCount > atoms || edgeCount > bonds) return without("too-large", `${nodeCount} atoms and ${edgeCount} bonds`);
  const { count } = componentsOf(graph);
  return count === 1 ? undefined : without("fragments", `${count} fragments`);
}

/**
 * RDKit separates charges where it cannot make sense of an atom otherwise: neutral N with five bonds, P between two double bonds,
 * halogens with many oxygens. That makes one positive charge more each time, and in SMILES nothing but a charge is a plus.
 */
function refuseChange({ atoms }: MoleculeParts, smiles: string): Refusal {
  const positive = atoms.filter(({ charge }) => charge > 0).length;
  return smiles.split("+").length - 1 === positive ? undefined : without("changed", `read as ${smiles}`);
}

function refuseFragments(smiles: string): Refusal {
  const count = smiles.split(".").length;
  return count === 1 ? undefined : without("fragments", `${count} fragments`);
}

function refuseNumbers(values: readonly number[]): Refusal {
  return values.every(Number.isFinite) ? undefined : without("failed", "a descriptor that is not a finite number");
}

/** All that occurs in SMILES. RDKit takes other formats for what they are, by words or line ends in them. */
const SMILES_CHARACTERS = /^[A-Za-z0-9@+\-[\]()=#$:/\\.%*<>~]*$/;

function refuseSmiles(smiles: string): Refusal {
  if (smiles.length === 0) return without("empty", "no atoms");
  if (smiles.length > MOLECULE_LIMITS.smiles) return without("too-large", `a SMILES of ${smiles.length} characters`);
  return SMILES_CHARACTERS.test(smiles) ? undefined : without("refused", "a character that no SMILES has");
}

function refuseMolblock(block: string): Refusal {
  if (block.length > MOLECULE_LIMITS.molblock) return without("too-large", `a molfile of ${block.length} characters`);
  const counts = molblockCounts(block);
  if (counts === undefined) return without("refused", "no molfile of version V2000");
  const { atoms, bonds } = MOLECULE_LIMITS;
  if (counts.atoms <= atoms && counts.bonds <= bonds) return undefined;
  return without("too-large", `${counts.atoms} atoms and ${counts.bonds} bonds`);
}

function unflatten({ elements, charges, bonds }: FlatParts): MoleculeParts {
  return {
    atoms: elements.map((element, i) => ({ element: element as ElementSymbol, charge: charges[i]! })),
    bonds: Array.from(
      { length: bonds.length / 3 },
      (_, i) => [bonds[3 * i]!, bonds[3 * i + 1]!, bonds[3 * i + 2]!] as const,
    ),
  };
}

function mapped<A, B>(outcome: Outcome<A>, change: (value: A) => B): Outcome<B> {
  return outcome.ok ? { ok: true, value: change(outcome.value) } : outcome;
}

function checked<T>(outcome: Outcome<T>, refuse: (value: T) => Refusal): Outcome<T> {
  return outcome.ok ? (refuse(outcome.value) ?? outcome) : outcome;
}

function requireTexts(texts: readonly string[]): readonly string[] {
  const at = texts.findIndex((text) => typeof text !== "string");
  if (at === -1) return texts;
  throw new NextscaleError({
    code: "invalid-argument",
    where: WHERE,
    expected: "texts of molecules",
    got: `${typeof texts[at]} at place ${at}`,
  });
}
