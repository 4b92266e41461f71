import { expect, test } from "vitest";
import { splitCodes } from "../../src/codes/split-codes.js";
import { sitesOf } from "../../src/codes/sites.js";
import { expand } from "../../src/pyramid/candidates.js";
import { rootLevel } from "../../src/pyramid/level.js";
import { earlyIn } from "../../src/sampling/early.js";
import { reveal, type LevelLogits } from "../../src/sampling/reveal.js";
import type { SubstepPlan } from "../../src/sampling/reveal-order.js";
import { tinyRefiner } from "../support/refiner.js";

const PATTERNS = 16;
// Five nodes that fall apart: ten pairs.
const candidates = expand({ ...rootLevel(Int32Array.of(5)), splits: Int32Array.of(5) });
const { siblings } = sitesOf(candidates, { apart: true });
const sites = siblings.map((at) => ({ of: "patterns" as const, at }));

/** Of each group, how likely its one pair is an edge; all other patterns are impossible. */
function logitsOf(chances: readonly number[]): LevelLogits {
  const patterns = new Float32Array(PATTERNS * candidates.groups.count).fill(-1e9);
  chances.forEach((chance, group) => {
    patterns[group * PATTERNS] = Math.log(1 - chance);
    patterns[group * PATTERNS + 1] = Math.log(chance);
  });
  return { patterns, splits: new Float32Array(0) };
}

function drawnEarly(plan: SubstepPlan) {
  return earlyIn(plan, { edgeLabels: 1 }, { splitCodes: splitCodes([]), temperature: 1 });
}

function early(chances: readonly number[], plan: SubstepPlan = "adaptive"): number[] {
  return drawnEarly(plan)(sites, logitsOf(chances), candidates).map(({ at }) => at);
}

test("what is as good as known is drawn early, and nothing else", () => {
  expect(early([0.5, 0.999, 0.4, 0.001, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5])).toEqual([1, 3]);
  expect(early(new Array<number>(10).fill(0.5))).toEqual([]);
});

test("what is drawn early together is never uncertain together", () => {
  // The entropy of each is 0.0454 nats: two fit into 0.1.
  expect(early(new Array<number>(10).fill(0.008)).length).toBe(2);
  expect(early(new Array<number>(10).fill(0.0008)).length).toBe(10);
});

test("only adaptive plans draw early", () => {
  const sure = new Array<number>(10).fill(0.0001);
  expect([early(sure, "exact"), early(sure, 3), early(sure, [1, "adaptive"])]).toEqual([[], [], []]);
  expect(early(sure, ["adaptive", 1]).length).toBe(10);
});

test("a part that is as good as known costs no look of its own", async () => {
  const looks = async (chances: readonly number[]): Promise<number> => {
    const parts: number[][] = [];
    const choose = reveal({
      config: tinyRefiner({ hierarchy: "one-scale" }).config,
      order: () => [sites.slice(0, 3), sites.slice(3, 6), sites.slice(6)],
      early: drawnEarly("adaptive"),
      predict: () => Promise.resolve(logitsOf(chances)),
      choose: (part) => {
        parts.push(part.map(({ at }) => at));
        return 0;
      },
    });
    const { evaluations } = await choose()({ index: 0, context: candidates });
    expect(parts.flat().sort((a, b) => a - b)).toEqual(siblings);
    expect(parts.length).toBe(evaluations);
    return evaluations;
  };
  const open = [0.5, 0.5, 0.5, 0.5];
  expect(await looks([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, ...open])).toBe(3);
  expect(await looks([0.001, 0.001, 0.001, 0.5, 0.5, 0.5, ...open])).toBe(2);
  expect(await looks([0.5, 0.5, 0.5, 0.001, 0.001, 0.001, ...open])).toBe(2);
  expect(await looks(new Array<number>(10).fill(0.0001))).toBe(1);
});
