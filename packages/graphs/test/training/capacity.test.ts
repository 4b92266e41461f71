import { expect, test } from "vitest";
import { edgesOf, generateGraph, type Graph } from "../../src/index.js";
import { PAIRS } from "../../src/pyramid/candidates.js";
import { capacitiesOf, placeOf, type LevelSize } from "../../src/training/capacities.js";
import { fitFoundations } from "../../src/training/foundations.js";
import { refinerStage } from "../../src/training/refiner-stage.js";

const network = { width: 8, heads: 2, blocks: 1, walkLength: 2, pairWidth: 4 };
const model = { hierarchy: "pairs", nodeLabels: 1, edgeLabels: 1, network } as const;
const training = { steps: 2, batchSize: 8, learningRate: 1e-3, weightDecay: 0 };

const graphs = Array.from({ length: 4 }, (_, i) => generateGraph({ kind: "planar", nodes: [16, 16] }, 1, i));
const { coding, sizes } = fitFoundations(graphs, model, 1);

type Batch = Readonly<Record<string, ArrayLike<number>>>;

/** The first batch of a training with these sizes of levels. */
function batchOf(of: readonly LevelSize[], batchSize: number): Batch {
  const config = { model: coding.config, training: { ...training, batchSize } };
  return refinerStage({ config, coding, graphs, sizes: of, seed: 1 }).batches(0);
}

/** Of each task of a part, how many of some numbers are not 0. */
function countsIn(batch: Batch, name: string, items: number): number[] {
  const numbers = Array.from(batch[name]!);
  const each = numbers.length / items;
  return Array.from(
    { length: items },
    (_, i) => numbers.slice(i * each, (i + 1) * each).filter((one) => one !== 0).length,
  );
}

test("each capacity has half the nodes of the one before and room for twice as many levels", () => {
  const capacities = capacitiesOf(sizes, 16, 8);
  expect(capacities.map(({ items, nodes }) => [items, nodes])).toEqual([[8, 16], [16, 8]]); // prettier-ignore
  expect(sizes.every((size) => placeOf(size, capacities) === Number(size.nodes <= 8))).toBe(true);
  const many = [5000, 2500, 1250, 625, 300, 20, 2].map((nodes) => ({ nodes, groups: nodes }));
  expect(capacitiesOf(many, 5000, 1).map(({ items, nodes }) => [items, nodes])).toEqual([[1, 5000], [2, 2500], [4, 1250], [8, 625]]); // prettier-ignore
  // Whatever is not seen needs no room: graphs without scales between have levels of their own size only.
  const flat = [{ nodes: 100, groups: 10 }, { nodes: 30, groups: 10 }]; // prettier-ignore
  expect(capacitiesOf(flat, 100, 1).map(({ nodes }) => nodes)).toEqual([100, 50]);
  expect(capacitiesOf([{ nodes: 9, groups: 36 }], 9, 1)).toEqual([{ items: 1, nodes: 9, groups: 48 }]);
  expect(placeOf({ nodes: 101, groups: 1 }, capacitiesOf(flat, 100, 1))).toBe(-1);
});

test("levels without anything to choose get no room: the root of a graph whose nodes all come at once", () => {
  const { coding, sizes } = fitFoundations(graphs, { ...model, hierarchy: "one-scale" }, 1);
  expect(sizes).toEqual([{ nodes: 16, groups: 120 }]);
  const batch = refinerStage({ config: { model: coding.config, training }, coding, graphs, sizes, seed: 1 }).batches(0);
  expect(Object.keys(batch).filter((name) => name.endsWith("inputs/mask"))).toEqual(["parts/0/inputs/mask"]);
  expect(countsIn(batch, "parts/0/inputs/mask", 8)).toEqual(new Array(8).fill(16));
  const dot = generateGraph({ kind: "tree", nodes: [1, 1] }, 1, 0);
  expect(() => fitFoundations([dot], model, 1)).toThrow("expected some graphs of several nodes");
});

test("levels are in the part of the smallest capacity that they fit in", () => {
  const batch = batchOf(sizes, 8);
  const [large, small] = [countsIn(batch, "parts/0/inputs/mask", 8), countsIn(batch, "parts/1/inputs/mask", 16)];
  expect(large).toEqual(large.map(() => 16));
  expect(small.every((nodes) => nodes >= 1 && nodes <= 8)).toBe(true);
  expect(new Set(small).size).toBeGreaterThan(1);
});

test("a level with more groups than there is room for is left out, and does not run into the next", () => {
  expect(edgesOf(graphs[0]!).length).toBeGreaterThan(20);
  const few = sizes.map(({ nodes }) => ({ nodes, groups: 3 }));
  const batch = batchOf(few, 8);
  expect(countsIn(batch, "parts/0/inputs/mask", 8)).toEqual(new Array(8).fill(0));
  expect(batch["parts/0/targets/patterns"]!.length).toBe(8 * 4);
  const pairs = countsIn(batch, "parts/1/inputs/present", 16);
  expect(Math.max(...pairs)).toBeLessThanOrEqual(4 * PAIRS);
  expect(Math.max(...pairs)).toBeGreaterThan(0);
});

test("a step takes as many tasks as it has room for, whether graphs have them all or not", () => {
  for (const batchSize of [1, 3, 6]) {
    const batch = batchOf(sizes, batchSize);
    const masks = countsIn(batch, "parts/0/inputs/mask", batchSize);
    expect(masks).toEqual(masks.map(() => 16));
    expect(batch["parts/0/targets/splits"]!.length).toBe(batchSize * 16);
  }
});

test("many graphs are no more than an argument list holds", () => {
  const many = new Array<Graph>(200_000).fill(graphs[0]!);
  expect(Math.max(...fitFoundations(many, model, 1).sizes.map(({ nodes }) => nodes))).toBe(16);
});
