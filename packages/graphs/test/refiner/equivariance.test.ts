import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FORM, PAIRS } from "../../src/pyramid/candidates.js";
import type { Task } from "../../src/refiner/inputs.js";
import type { LevelLogits } from "../../src/sampling/reveal.js";
import { anyGraph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";
import { reordered, swappedPattern, taskOf } from "../support/tasks.js";

const NETWORK = { width: 8, heads: 2, blocks: 2, walkLength: 3, pairWidth: 6 };
const labels = { nodeLabels: 2, edgeLabels: 2 };
const refiner = tinyRefiner(labels);
const { patterns } = refiner;
const linked = tinyRefiner({ ...labels, network: { ...NETWORK, summaries: 2 } });
const hearing = tinyRefiner({ ...labels, network: { ...NETWORK, messages: { rounds: 2, width: 5 } } });
const TOLERANCE = 1e-9;

const capacityFor = (tasks: readonly Task[], more = 0) => ({
  items: tasks.length + more,
  nodes: more + Math.max(...tasks.map(({ candidates }) => candidates.mass.length)),
  groups: more + Math.max(1, ...tasks.map(({ candidates }) => candidates.groups.count)),
});

const tasks = fc
  .record({ graph: anyGraph({ most: 7, nodeLabels: 2, edgeLabels: 2 }), item: fc.nat({ max: 1e6 }) })
  .map(({ graph, item }) => taskOf(graph, refiner, item));

/** A task and another order of its nodes and groups. */
const tasksAndOrders = tasks.chain((task) =>
  fc.record({
    task: fc.constant(task),
    nodes: shuffled(task.candidates.mass.length),
    groups: shuffled(task.candidates.groups.count),
  }),
);

function shuffled(n: number): fc.Arbitrary<number[]> {
  return fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n });
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  // What cannot be is -1e9 and a little more or less.
  return Array.from(a).reduce(
    (most, value, i) => (value < -1e8 && b[i]! < -1e8 ? most : Math.max(most, Math.abs(value - b[i]!))),
    0,
  );
}

/** Logits as they would be had the level been in the other order. */
function movedBack(
  logits: LevelLogits,
  to: { nodes: number[]; groups: number[] },
): { readonly [K in keyof LevelLogits]: readonly number[] } {
  const back = (data: ArrayLike<number>, order: number[]) => {
    const size = data.length / Math.max(1, order.length);
    return Array.from(data, (_, at) => data[order[Math.floor(at / size)]! * size + (at % size)]!);
  };
  return {
    splits: back(logits.splits, to.nodes),
    patterns: back(logits.patterns, to.groups),
  };
}

describe.each([
  ["of all pairs", refiner],
  ["of pairs that may be edges", linked],
  ["of all pairs, which hear of each other", hearing],
])("the refiner %s", (_, refiner) => {
  test("commutes with every order of nodes and groups", () => {
    fc.assert(
      fc.property(tasksAndOrders, ({ task, nodes, groups }) => {
        const pairs = [0, 1, 2, 3];
        const [own] = refiner.run([task], capacityFor([task]));
        const [other] = refiner.run([reordered(task, { nodes, groups, pairs }, patterns)], capacityFor([task]));
        const moved = movedBack(other!, { nodes, groups });
        for (const name of ["splits", "patterns"] as const) {
          expect(largestDifference(moved[name], own![name])).toBeLessThan(TOLERANCE);
        }
      }),
      { numRuns: 25 },
    );
  });

  test.each([
    ["nodes of the one side", [2, 3, 0, 1]],
    ["nodes of the other side", [1, 0, 3, 2]],
    ["sides", [0, 2, 1, 3]],
  ])("says the same of a block whose %s have changed places", (__, pairs) => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { groups, mass } = task.candidates;
        const nodes = [...mass.keys()];
        const same = [...Array(groups.count).keys()];
        const [own] = refiner.run([task], capacityFor([task]));
        const [other] = refiner.run([reordered(task, { nodes, groups: same, pairs }, patterns)], capacityFor([task]));
        // Only whole blocks keep their form when their pairs move.
        for (const group of same.filter((g) => groups.forms[g] === FORM.twoByTwo)) {
          // Labels of edges are for groups of one pair.
          const row = (logits: LevelLogits) =>
            logits.patterns.subarray(group * patterns.count, group * patterns.count + 2 ** PAIRS);
          const moved = row(own!).map((___, pattern) => row(other!)[swappedPattern(pattern, pairs, patterns)]!);
          expect(largestDifference(moved, row(own!))).toBeLessThan(TOLERANCE);
        }
      }),
      { numRuns: 15 },
    );
  });

  test("says the same whatever else is in the batch, and however much it is padded", () => {
    fc.assert(
      fc.property(fc.array(tasks, { minLength: 2, maxLength: 3 }), (batch) => {
        const together = refiner.run(batch, capacityFor(batch, 2));
        batch.forEach((task, i) => {
          const [alone] = refiner.run([task], capacityFor([task]));
          for (const name of ["splits", "patterns"] as const) {
            expect(largestDifference(together[i]![name], alone![name])).toBeLessThan(TOLERANCE);
          }
        });
      }),
      { numRuns: 10 },
    );
  });

  test("control: a network that knows positions is noticed", () => {
    const task = taskOf(graphOfSix(), refiner, 1);
    const order = [3, 0, 5, 1, 4, 2].slice(0, task.candidates.mass.length);
    const nodes = order.map((_, v) => [...order].sort((a, b) => a - b).indexOf(order[v]!));
    const groups = [...Array(task.candidates.groups.count).keys()];
    const capacity = capacityFor([task]);
    const numbered = (inputs: Parameters<NonNullable<Parameters<typeof refiner.run>[2]>>[0]) => ({
      ...inputs,
      nodes: inputs.nodes.map((value, at) => value + Math.floor(at / (inputs.nodes.length / capacity.nodes)) / 10),
    });
    const [own] = refiner.run([task], capacity, numbered);
    const [other] = refiner.run(
      [reordered(task, { nodes, groups, pairs: [0, 1, 2, 3] }, patterns)],
      capacity,
      numbered,
    );
    expect(largestDifference(movedBack(other!, { nodes, groups }).splits, own!.splits)).toBeGreaterThan(1e-3);
  });
});

function graphOfSix() {
  return fc
    .sample(anyGraph({ most: 6, nodeLabels: 2, edgeLabels: 2 }), { seed: 5, numRuns: 50 })
    .find((g) => g.nodeCount === 6)!;
}
