import { NextscaleError } from "@nextscale/engine";
import { describeIssues } from "@nextscale/refinement-core";
import * as z from "zod";
import { GRAPH_LIMITS } from "../graph/graph.js";
import type { MoleculeParts } from "./molecule.js";
import { CHARGES, ELEMENTS, type AtomType, type ElementSymbol } from "./valence.js";

/** Atom types of a model, in the order of its node labels, as they stand in its description. */
export const moleculeVocabularySchema = z
  .array(
    z.strictObject({
      element: z.enum(Object.keys(ELEMENTS) as [ElementSymbol, ...ElementSymbol[]]),
      charge: z.union(CHARGES.map((charge) => z.literal(charge))),
    }),
  )
  .min(1)
  .max(GRAPH_LIMITS.labels)
  .refine((types) => new Set(types.map(atomName)).size === types.length, "expected each atom type once");

/** The atom types that node labels stand for: label i is type i. Each differs from every other. */
export type MoleculeVocabulary = readonly AtomType[];

/** An atom type in short: `C`, `N+`, `O-`. */
export function atomName({ element, charge }: AtomType): string {
  return `${element}${charge > 0 ? "+" : charge < 0 ? "-" : ""}`;
}

/** The vocabulary that a list of such names is. */
export function atomTypes(names: string): z.infer<typeof moleculeVocabularySchema> {
  const types = names.split(" ").map((name) => {
    return { element: name.replace(/[+-]$/, ""), charge: name.endsWith("+") ? 1 : name.endsWith("-") ? -1 : 0 };
  });
  return moleculeVocabularySchema.parse(types);
}

/** The atom types that some molecules have, by atomic number and then charge: the same for every order of the molecules. */
export function vocabularyOf(molecules: Iterable<MoleculeParts>): MoleculeVocabulary {
  const found = new Map<string, AtomType>();
  for (const { atoms } of molecules) for (const type of atoms) found.set(atomName(type), type);
  return [...found.values()].sort((a, b) => ELEMENTS[a.element] - ELEMENTS[b.element] || a.charge - b.charge);
}

/**
 * Checks a vocabulary that comes from elsewhere.
 *
 * @throws NextscaleError `invalid-data`
 */
export function parseVocabulary(value: unknown): MoleculeVocabulary {
  const parsed = moleculeVocabularySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new NextscaleError({
    code: "invalid-data",
    where: "graphs/parseVocabulary",
    expected: "a list of atom types { element, charge }, each once",
    got: describeIssues(parsed.error),
  });
}

/** Finds labels of atom types. */
export function labelsIn(vocabulary: MoleculeVocabulary): (type: AtomType) => number {
  const labels = new Map(vocabulary.map((type, label) => [atomName(type), label]));
  return (type) => {
    const label = labels.get(atomName(type));
    if (label !== undefined) return label;
    throw new NextscaleError({
      code: "invalid-data",
      where: "graphs/moleculeGraph",
      expected: `atoms among ${vocabulary.map(atomName).join(", ")}`,
      got: atomName(type),
      fix: "fit the vocabulary on data that has this atom, or leave the molecule out",
    });
  };
}
