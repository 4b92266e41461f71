import * as z from "zod";
import { BOND_ORDERS } from "../molecule/molecule.js";
import { massOf } from "../pyramid/formula.js";
import { moleculeVocabularySchema } from "../molecule/vocabulary.js";

/** Rounds in which pairs of nodes hear of each other: how many, and of how many numbers. */
const messageSchema = z.strictObject({ rounds: z.int().min(1).max(16), width: z.int().min(1).max(256) });

/** Rounds in which pairs of nodes hear of each other. */
export type MessageConfig = z.infer<typeof messageSchema>;

/** Sizes of the network. */
export const refinerSchema = z.strictObject({
  width: z.int().min(4).max(2048),
  heads: z.int().min(1).max(64),
  blocks: z.int().min(1).max(64),
  /** Steps of the random walks by which nodes and pairs tell their place in a graph. */
  walkLength: z.int().min(1).max(64),
  /** Numbers that describe a pair before its label is predicted. */
  pairWidth: z.int().min(4).max(2048),
  /** Where given, pairs hear of each other before nodes do: see `pairMessages`. */
  messages: messageSchema.optional(),
  /**
   * Where given, nodes attend to those that they may be joined with and to so many summaries of their level, instead of to all nodes: nothing
   * grows with the square of their number.
   */
  summaries: z.int().min(1).max(256).optional(),
});

/** Sizes of the network. */
export type RefinerConfig = z.infer<typeof refinerSchema>;

/** Nodes of a graph that a model learns from. */
export const MOST_NODES = 100_000;

/** Formulas that a model keeps, and those of parts. */
export const MOST_FORMULAS = 8192;
export const MOST_DIVISIONS = 1024;

/** How many nodes of each label. */
const countsSchema = z.array(z.int().min(0).max(MOST_NODES)).min(1).max(64);

const formulaSchema = z.strictObject({
  counts: countsSchema,
  /** How many graphs were made of that. */
  graphs: z.int().min(1),
  /** Their property, in deviations from the mean of all, of a model that has one. */
  property: z.strictObject({ mean: z.number(), deviation: z.number().positive() }).optional(),
});

/** What graphs are made of, and how often. */
export type FormulaCount = z.infer<typeof formulaSchema>;

/** What a graph model is. */
export const graphModelSchema = z
  .strictObject({
    /** `pairs`: scales in which pairs of nodes become one. `one-scale`: all nodes and edges at once, the diffusion's way. */
    hierarchy: z.enum(["pairs", "one-scale"]),
    /** Labels of nodes and of edges; 1 where there are none to tell apart. */
    nodeLabels: z.int().min(1).max(64),
    edgeLabels: z.int().min(1).max(4),
    /** What the labels of nodes stand for, where graphs are molecules; labels of edges are bond orders then. */
    atoms: moleculeVocabularySchema.optional(),
    /** A number that graphs can be asked for, such as a descriptor of molecules, and what it was among those that were learned from. */
    property: z
      .strictObject({ name: z.string().min(1).max(100), mean: z.number(), deviation: z.number().positive() })
      .optional(),
    /** How many graphs of each number of nodes there were to learn from, from 0 on. */
    sizes: z
      .array(z.int().min(0))
      .min(2)
      .max(MOST_NODES + 1),
    /** How common each label is among the nodes of all graphs. */
    labelShares: z.array(z.number().positive().max(1)).min(1),
    /** What several graphs were made of, the most frequent first. */
    formulas: z.array(formulaSchema).max(MOST_FORMULAS),
    /** Formulas of lighter parts that have a code of their own when a cluster splits in two. */
    divisions: z.array(countsSchema).max(MOST_DIVISIONS),
    network: refinerSchema,
  })
  .refine(({ network }) => network.width % network.heads === 0, {
    message: "expected a width that is a multiple of the number of heads",
    path: ["network", "heads"],
  })
  .refine(({ network: { messages, summaries } }) => messages === undefined || summaries === undefined, {
    message:
      "expected either messages, which are between all pairs, or summaries, with which not all pairs are looked at",
    path: ["network", "messages"],
  })
  .refine(
    ({ atoms, nodeLabels, edgeLabels }) =>
      atoms === undefined || (atoms.length === nodeLabels && edgeLabels === BOND_ORDERS.length),
    { message: `expected an atom for each node label, and ${BOND_ORDERS.length} edge labels`, path: ["atoms"] },
  )
  .refine(
    ({ nodeLabels, labelShares, formulas, divisions }) =>
      [labelShares, ...formulas.map(({ counts }) => counts), ...divisions].every(({ length }) => length === nodeLabels),
    { message: "expected a number for each node label in all shares, formulas and divisions", path: ["formulas"] },
  )
  .refine(({ sizes, formulas }) => holds(sizes, formulas), {
    message: "expected no more graphs of a size among the formulas than there were",
    path: ["formulas"],
  })
  .refine(({ sizes }) => sizes[0] === 0 && sizes.some((count) => count > 0), {
    message: "expected some graphs, and none without nodes",
    path: ["sizes"],
  });

/** Whether there were as many graphs of each size as some formulas say. */
function holds(sizes: readonly number[], formulas: readonly FormulaCount[]): boolean {
  const left = [...sizes];
  for (const { counts, graphs } of formulas) {
    const nodes = massOf(counts);
    if (!((left[nodes] ?? 0) >= graphs)) return false;
    left[nodes]! -= graphs;
  }
  return true;
}

/** What a graph model is. */
export type GraphModelConfig = z.infer<typeof graphModelSchema>;

/** How a graph model is trained. */
export const graphTrainingSchema = z.strictObject({
  steps: z.int().min(1),
  /** Levels of the largest size in a step; of those half as large there are twice as many, and so on: see `capacitiesOf`. */
  batchSize: z.int().min(1).max(4096),
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  /** Hash of the model whose weights it began with, where it did not begin anew. */
  from: z.string().optional(),
});

/** How a graph model is trained. */
export type GraphTrainingConfig = z.infer<typeof graphTrainingSchema>;

/** Configuration of a training, as a checkpoint of it has it. */
export const graphRunSchema = z.strictObject({ model: graphModelSchema, training: graphTrainingSchema });

/** Configuration of a training, as a checkpoint of it has it. */
export type GraphRunConfig = z.infer<typeof graphRunSchema>;
