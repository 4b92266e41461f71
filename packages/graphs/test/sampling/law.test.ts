import { integerSource, permutation, randomStream, type IntegerSource } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { permuted, type Graph } from "../../src/index.js";
import type { SplitCodes } from "../../src/codes/split-codes.js";
import type { GraphModelConfig } from "../../src/config/config.js";
import { compareFormulas, formulaAt } from "../../src/pyramid/formula.js";
import { contraction } from "../../src/pyramid/contraction.js";
import { isFinest, rootLevel, type Level } from "../../src/pyramid/level.js";
import type { RefinerInputs, Task } from "../../src/refiner/inputs.js";
import { exactPhases, inSubsteps, type Substeps } from "../../src/sampling/reveal-order.js";
import { rootLaw } from "../../src/sampling/root.js";
import { probabilitiesOf } from "../../src/sampling/choose.js";
import { reveal, type LevelLogits, type RevealOptions } from "../../src/sampling/reveal.js";
import { scoreGraph } from "../../src/model/score-graph.js";
import { graph, ordersOf } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";

/* The law over graphs of a refiner with random weights, by counting every outcome: it must not depend on any order of nodes. */

interface Outcome {
  readonly graph: Graph;
  readonly probability: number;
}

type Change = (inputs: RefinerInputs) => RefinerInputs;

/** A way through all outcomes: which choice is taken where, and how many there are. */
interface Path {
  readonly taken: number[];
  readonly options: number[];
}

/** The next path, or undefined after the last. */
function following({ taken, options }: Path): number[] | undefined {
  for (let at = taken.length - 1; at >= 0; at--) {
    if (taken[at]! + 1 < options[at]!) return [...taken.slice(0, at), taken[at]! + 1];
  }
  return undefined;
}

/** Every graph of so many nodes, with its probability, when nodes are put into random orders at every scale. */
async function outcomesOf(
  formula: readonly number[],
  {
    settings,
    substeps,
    shuffle,
    change = (x) => x,
  }: { settings?: Partial<GraphModelConfig>; substeps: Substeps; shuffle: number; change?: Change },
): Promise<Outcome[]> {
  const refiner = tinyRefiner(settings);
  const { config, patterns, splits } = refiner;
  const coarsening = contraction(patterns);
  const known = new Map<string, LevelLogits>();
  const predict = async (task: Task): Promise<LevelLogits> => {
    const key = JSON.stringify(task, (_, value: unknown) =>
      ArrayBuffer.isView(value) ? Array.from(value as Int32Array) : value,
    );
    const capacity = {
      items: 1,
      nodes: task.candidates.mass.length,
      groups: Math.max(1, task.candidates.groups.count),
    };
    if (!known.has(key)) known.set(key, refiner.run([task], capacity, change)[0]!);
    return known.get(key)!;
  };
  const outcomes: Outcome[] = [];
  let next: number[] | undefined = [];
  while (next !== undefined) {
    const path: Path = { taken: [...next], options: [] };
    const draw = integerSource(randomStream(shuffle, "test/shuffle"));
    const options: RevealOptions = {
      config,
      order: (sites, candidates, scale) =>
        inSubsteps(
          exactPhases(sites, candidates, { stream: randomStream(1, "test/order"), item: 0, scale }, config),
          substeps,
        ),
      predict,
      choose: choosing(path, splits),
    };
    let level = rootLevel(Int32Array.from(formula));
    let log = 0;
    for (let index = 0; index === 0 || !isFinest(level, config.edgeLabels); index++) {
      const context = coarsening.expand(shuffle === 0 ? level : shuffled(level, draw), 0);
      const choice = await reveal(options)()({ index, context });
      log += choice.logProbability;
      if (log === -Infinity) break;
      level = coarsening.add(context, choice.value, 0);
    }
    if (log > -Infinity) outcomes.push({ graph: level.graph, probability: Math.exp(log) });
    path.taken.length = path.options.length;
    next = following(path);
  }
  return outcomes;
}

/** Every lighter part that a node can have, none among them. */
function partsOf(formula: Int32Array): Int32Array[] {
  const parts = Array.from(formula).reduce<number[][]>(
    (some, most) => some.flatMap((counts) => Array.from({ length: most + 1 }, (_, count) => [...counts, count])),
    [[]],
  );
  const rest = (part: Int32Array) => formula.map((count, label) => count - part[label]!);
  return parts.map((part) => Int32Array.from(part)).filter((part) => compareFormulas(rest(part), part) <= 0);
}

/** Chooses as a path says, and the first of what is left beyond its end. A level where nothing splits has probability 0. */
function choosing(path: Path, splitCodes: SplitCodes): RevealOptions["choose"] {
  let at = 0;
  const taken = (options: number): number => {
    path.options[at] = options;
    return (path.taken[at++] ??= 0);
  };
  return (part, codes, logits, { context }) => {
    let log = 0;
    let none = 1;
    for (const site of part) {
      const row = probabilitiesOf(site, logits, context, { splitCodes, temperature: 1 });
      if (site.of === "patterns") {
        const possible = [...row.keys()].filter((code) => row[code]! > 0);
        const code = possible[taken(possible.length)]!;
        codes.patterns[site.at] = code;
        log += Math.log(row[code]!);
      } else {
        const labels = context.formulas.length / context.mass.length;
        const formula = formulaAt(context.formulas, site.at, labels);
        const parts = partsOf(formula);
        const lighter = parts[taken(parts.length)]!;
        codes.splits.set(lighter, site.at * labels);
        log += Math.log(splitCodes.probability(row, formula, lighter));
        none *= row[0]!;
      }
    }
    if (!part.some(({ of }) => of === "splits")) return log;
    return codes.splits.every((split) => split === 0) ? -Infinity : log - Math.log1p(-none);
  };
}

function shuffled(level: Level, draw: IntegerSource): Level {
  const n = level.mass.length;
  const order = permutation(randomStream(draw(1e6), "test/order"), n);
  const move = (data: Int32Array): Int32Array => {
    const size = data.length / n;
    const result = data.slice();
    data.forEach((value, at) => (result[order[Math.floor(at / size)]! * size + (at % size)] = value));
    return result;
  };
  return {
    ...level,
    graph: permuted(level.graph, order),
    mass: move(level.mass),
    splits: move(level.splits),
    formulas: move(level.formulas),
  };
}

/** A name that all orders of a graph of at most 4 nodes share. */
function isomorphismClass(graph: Graph): string {
  return ordersOf(graph.nodeCount)
    .map((order) => {
      const { nodeLabels, neighbours, offsets, edgeLabels } = permuted(graph, order);
      return [nodeLabels, neighbours, offsets, edgeLabels].map((array) => Array.from(array).join()).join("|");
    })
    .sort()[0]!;
}

function lawOf(outcomes: readonly Outcome[]): Record<string, number> {
  const law: Record<string, number> = {};
  for (const { graph, probability } of outcomes) {
    const name = isomorphismClass(graph);
    law[name] = (law[name] ?? 0) + probability;
  }
  return law;
}

const total = (law: Record<string, number>) => Object.values(law).reduce((sum, p) => sum + p, 0);

function largestDifference(a: Record<string, number>, b: Record<string, number>): number {
  return Math.max(...[...Object.keys(a), ...Object.keys(b)].map((name) => Math.abs((a[name] ?? 0) - (b[name] ?? 0))));
}

describe.each<[string, number[], Substeps, Partial<GraphModelConfig>]>([
  ["4 nodes, all codes at once", [4], 1, {}],
  ["4 nodes, codes one after the other", [4], "exact", {}],
  ["3 nodes in two substeps", [3], 2, {}],
  ["4 nodes of two kinds, some of whose parts have codes of their own", [2, 2], 1, { nodeLabels: 2, divisions: [[0, 1], [0, 2]] }], // prettier-ignore
  ["3 nodes in one scale", [3], 1, { hierarchy: "one-scale" }],
  ["3 nodes whose edges get their labels last", [3], 1, { edgeLabels: 2 }],
  ["3 nodes whose edges get their labels one after the other", [3], "exact", { edgeLabels: 2 }],
])("the law over graphs: %s", (_, nodes, substeps, settings) => {
  test("adds up to 1 and is the same for every order of the nodes inside", { timeout: 120_000 }, async () => {
    const law = lawOf(await outcomesOf(nodes, { settings, substeps, shuffle: 0 }));
    expect(total(law)).toBeCloseTo(1, 12);
    expect(Object.keys(law).length).toBeGreaterThan(3);
    for (const shuffle of [1, 2]) {
      const other = lawOf(await outcomesOf(nodes, { settings, substeps, shuffle }));
      expect(largestDifference(law, other)).toBeLessThan(1e-12);
    }
  });
});

test(
  "sets of levels of a graph, counted once each, are never likelier than the graph",
  { timeout: 120_000 },
  async () => {
    const nodes = 4;
    const law = lawOf(await outcomesOf([nodes], { substeps: 1, shuffle: 0 }));
    const { coding, run } = tinyRefiner();
    const scoring = {
      coding,
      root: rootLaw(coding.config),
      predict: (task: Task) =>
      Promise.resolve(run([task], { items: 1, nodes: task.candidates.mass.length, groups: Math.max(1, task.candidates.groups.count) })[0]!), // prettier-ignore
      orders: randomStream(1, "test/order"),
      substeps: 1,
    };
    for (const edges of [
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
      [
        [0, 1],
        [0, 2],
        [0, 3],
      ],
      [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 0],
      ],
    ] as const) {
      // prettier-ignore
      const shape = graph(nodes, edges.map(([a, b]) => [a, b]));
      const keys = Array.from({ length: 30 }, (_, i) => randomStream(i, "test/keys"));
      const own = Math.log(law[isomorphismClass(shape)]!);
      const one = await scoreGraph(shape, 0, { ...scoring, keys: keys.slice(0, 1) });
      const all = await scoreGraph(shape, 0, { ...scoring, keys });
      expect(all.hierarchies).toBeGreaterThan(1);
      expect(one.logProbability).toBeLessThan(all.logProbability);
      expect(all.logProbability).toBeLessThanOrEqual(own + 1e-12);
    }
  },
);

test("control: with positions the law depends on the order of the nodes", async () => {
  const numbered: Change = (inputs) => {
    const nodes = inputs.mask.length;
    return {
      ...inputs,
      nodes: inputs.nodes.map((value, at) => value + Math.floor((at * nodes) / inputs.nodes.length) / 3),
    };
  };
  const law = lawOf(await outcomesOf([4], { substeps: 1, shuffle: 0, change: numbered }));
  const other = lawOf(await outcomesOf([4], { substeps: 1, shuffle: 1, change: numbered }));
  expect(largestDifference(law, other)).toBeGreaterThan(1e-4);
});
