import { randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { splitCodes } from "../../src/codes/split-codes.js";
import { expand } from "../../src/pyramid/candidates.js";
import { rootLevel } from "../../src/pyramid/level.js";
import { drawn } from "../../src/sampling/choose.js";
import type { Constraint } from "../../src/sampling/constraint.js";
import { orderOf } from "../../src/sampling/reveal-order.js";
import { reveal, type LevelLogits } from "../../src/sampling/reveal.js";
import { tinyRefiner } from "../support/refiner.js";

const PATTERNS = 16;
// Five nodes that fall apart: ten pairs, each an edge or none.
const context = expand({ ...rootLevel(Int32Array.of(5)), splits: Int32Array.of(5) });
const { config } = tinyRefiner({ nodeLabels: 1, edgeLabels: 1 }).coding;

/** A refiner that knows nothing until all pairs but those that it is asked for are there: then their number is to be even. */
function parity(
  asked: number[],
): (task: Parameters<Parameters<typeof reveal>[0]["predict"]>[0]) => Promise<LevelLogits> {
  return ({ codes, known }) => {
    const open = Array.from(known.patterns.keys()).filter((group) => known.patterns[group] === 0);
    asked.push(open.length);
    const others = codes.patterns.reduce((sum, code, group) => sum + (open.includes(group) ? 0 : code), 0);
    const patterns = new Float32Array(PATTERNS * context.groups.count).fill(-1e9);
    for (const group of open) {
      const isEdge = others % 2 === 1;
      patterns[group * PATTERNS] = open.length === 1 && isEdge ? -1e9 : 0;
      patterns[group * PATTERNS + 1] = open.length === 1 && !isEdge ? -1e9 : 0;
    }
    return Promise.resolve({ patterns, splits: new Float32Array(0) });
  };
}

async function edgesOf(item: number, sweeps: number, constraints: readonly Constraint[] = []) {
  const asked: number[] = [];
  const random = { stream: randomStream(2, "test/order"), item, scale: 0 };
  const choice = await reveal({
    config,
    sweeps,
    // One pair at a time in sweeps, all at once at first.
    order: (sites, candidates) =>
      orderOf("exact", sites, candidates, { random, config })
        .flat()
        .map((site) => [site]),
    early: (later) => later,
    predict: parity(asked),
    choose: drawn({
      ...{ item, temperature: 1, constraints, splitCodes: splitCodes([]) },
      streams: Array.from({ length: 1 + sweeps }, (_, sweep) => randomStream(1, `test/${sweep}`)),
    }),
  })()({ index: 0, context });
  return { ...choice, asked, edges: choice.codes.patterns.reduce((sum, code) => sum + code, 0) };
}

test("what was drawn without knowing the rest is drawn again, knowing it", async () => {
  const items = [...Array(12).keys()];
  const [none, one] = [await Promise.all(items.map((i) => edgesOf(i, 0))), await Promise.all(items.map((i) => edgesOf(i, 1)))]; // prettier-ignore
  // Control: all at once, about half of the sums are odd.
  expect(new Set(none.map(({ edges }) => edges % 2))).toEqual(new Set([0, 1]));
  expect(one.map(({ edges }) => edges % 2)).toEqual(items.map(() => 0));
  expect(one[0]).toMatchObject({ evaluations: 11, asked: [10, ...new Array<number>(10).fill(1)], logProbability: NaN });
  expect(none[0]).toMatchObject({ evaluations: 1, asked: [10] });
  expect(none[0]!.logProbability).toBeCloseTo(-10 * Math.LN2, 6);
});

test("where a constraint leaves nothing, what is there stays", async () => {
  let calls = 0;
  // After the first ten codes nothing is allowed any more.
  const nothing: Constraint = () => () => {
    calls += 1;
    return calls > 10 ? () => false : undefined;
  };
  const [free, held] = [await edgesOf(3, 0), await edgesOf(3, 1, [nothing])];
  expect(calls).toBeGreaterThan(10);
  expect(held.codes.patterns).toEqual(free.codes.patterns);
  expect(held.evaluations).toBe(11);
});
