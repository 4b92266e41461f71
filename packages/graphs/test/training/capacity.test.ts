import { expect, test } from "vitest";
import { edgesOf, generateGraph, type Graph } from "../../src/index.js";
import { PAIRS } from "../../src/pyramid/candidates.js";
import { fitFoundations } from "../../src/training/foundations.js";
import { refinerStage } from "../../src/training/refiner-stage.js";

const network = { width: 8, heads: 2, blocks: 1, walkLength: 2, pairWidth: 4 };
const model = { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1, network } as const;
const training = { steps: 2, batchSize: 8, learningRate: 1e-3, weightDecay: 0 };

function batchOf(graphs: readonly Graph[], groups: number | undefined) {
  const { coding, capacity } = fitFoundations(graphs, model, 1);
  const sizes = { items: 8, ...capacity, ...(groups === undefined ? {} : { groups }) };
  return { capacity, batch: refinerStage({ config: { model: coding.config, training }, coding, graphs, capacity: sizes, seed: 1 }).batches(0) }; // prettier-ignore
}

const graphs = Array.from({ length: 4 }, (_, i) => generateGraph({ kind: "planar", nodes: [16, 16] }, 1, i));

test("a level with more groups than there is room for is left out, and does not run into the next", () => {
  expect(edgesOf(graphs[0]!).length).toBeGreaterThan(20);
  const pairsIn = (batch: Readonly<Record<string, ArrayLike<number>>>, groups: number) =>
    Array.from({ length: 8 }, (_, item) => {
      const present = Array.from(batch["inputs/present"]!).slice(item * groups * PAIRS, (item + 1) * groups * PAIRS);
      return present.reduce((sum, one) => sum + one, 0);
    });
  const { capacity, batch } = batchOf(graphs, undefined);
  expect(Math.max(...pairsIn(batch, capacity.groups))).toBeGreaterThan(3 * PAIRS);
  const small = batchOf(graphs, 3).batch;
  expect(Math.max(...pairsIn(small, 3))).toBeLessThanOrEqual(3 * PAIRS);
  expect(small["targets/patterns"]!.length).toBe(8 * 3);
});

test("a step of fewer tasks than a graph usually has takes as many as it has room for", () => {
  const { coding, capacity } = fitFoundations(graphs, model, 1);
  for (const batchSize of [1, 3]) {
    const config = { model: coding.config, training: { ...training, batchSize } };
    const sizes = { items: batchSize, ...capacity };
    const batch = refinerStage({ config, coding, graphs, capacity: sizes, seed: 1 }).batches(0);
    const masks = Array.from({ length: batchSize }, (_, item) => batch["inputs/mask"]![item * capacity.nodes]);
    expect(masks).toEqual(masks.map(() => 1));
    expect(batch["targets/splits"]!.length).toBe(batchSize * capacity.nodes);
  }
});

test("many graphs are no more than an argument list holds", () => {
  const many = new Array<Graph>(200_000).fill(graphs[0]!);
  expect(fitFoundations(many, model, 1).capacity.nodes).toBe(16);
});
