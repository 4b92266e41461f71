import { normals, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crps, ensembleCrps, mae, skillScore, skillScores } from "../../src/index.js";
import { scoreOf, uniformCase } from "./cases.js";

const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const ensemble = fc.array(value, { minLength: 2, maxLength: 12 });

/** The definition, over all pairs. */
function byPairs(members: readonly number[], truth: number, fairness: number): number {
  const count = members.length;
  let total = 0;
  members.forEach((x, i) => {
    members.forEach((y, j) => {
      const pair = Math.abs(x - y) * (1 - (1 - fairness) / count);
      if (i !== j) total += Math.abs(x - truth) + Math.abs(y - truth) - pair;
    });
  });
  return total / (2 * count * (count - 1));
}

test.each([
  [0, 2 / 3],
  [1, 1 / 3],
  [0.95, 0.35],
])("members 0, 1, 3 and truth 2 with fairness %d", (fairness, expected) => {
  expect(ensembleCrps([0, 1, 3], 2, fairness)).toBeCloseTo(expected, 12);
  expect(scoreOf(crps(fairness), [uniformCase([0, 1, 3], 2)]).value).toBeCloseTo(expected, 12);
});

test.each([
  [0, 0.233695],
  [1, 0.6024414],
])("many normal members come to the closed form at truth %d", (truth, expected) => {
  const members = normals(randomStream(3, "test/crps"), { draws: 200_000 });
  expect(Math.abs(ensembleCrps(members, truth) - expected)).toBeLessThan(0.004);
  expect(
    Math.abs(
      ensembleCrps(
        members.map((x) => 1.3 * x),
        truth,
      ) - expected,
    ),
  ).toBeGreaterThan(0.004);
});

describe("properties", () => {
  test("sorting gives the sum over all pairs", () => {
    fc.assert(
      fc.property(ensemble, value, fc.constantFrom(0, 0.5, 0.95, 1), (members, truth, fairness) => {
        expect(ensembleCrps(members, truth, fairness)).toBeCloseTo(byPairs(members, truth, fairness), 8);
      }),
    );
  });

  test("the order of the members does not matter, and they are left as they are", () => {
    fc.assert(
      fc.property(ensemble, value, (members, truth) => {
        const before = [...members];
        expect(ensembleCrps(members.toReversed(), truth)).toBe(ensembleCrps(members, truth));
        expect(members).toEqual(before);
      }),
    );
  });

  test("neither score is negative, and the biased one is never the smaller", () => {
    fc.assert(
      fc.property(ensemble, value, (members, truth) => {
        const fair = ensembleCrps(members, truth, 1);
        return fair >= -1e-9 && ensembleCrps(members, truth, 0) >= fair - 1e-9;
      }),
    );
    // The fair score cannot tell this ensemble from a perfect forecast.
    expect(ensembleCrps([0, 1], 0.5, 1)).toBe(0);
    expect(ensembleCrps([0, 1], 0.5, 0)).toBe(0.25);
  });

  // The expectation over M members drawn without replacement is the score of all: a U-statistic.
  test("the mean fair score over all parts of an ensemble is that of the whole, the biased one is more", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 5, maxLength: 5 }), value, (members, truth) => {
        fc.pre(Math.max(...members) - Math.min(...members) > 1);
        const overTriples = (fairness: number): number => {
          let [sum, count] = [0, 0];
          for (let i = 0; i < 5; i++)
            for (let j = 0; j < i; j++)
              for (let k = 0; k < j; k++) {
                sum += ensembleCrps([members[i]!, members[j]!, members[k]!], truth, fairness);
                count++;
              }
          return sum / count;
        };
        expect(overTriples(1)).toBeCloseTo(ensembleCrps(members, truth, 1), 8);
        expect(overTriples(0)).toBeGreaterThan(ensembleCrps(members, truth, 0));
      }),
    );
  });

  test("one member: the absolute error without fairness, refused with", () => {
    expect(ensembleCrps([3], 5, 0)).toBe(2);
    const cases = [uniformCase([3], 5)];
    expect(scoreOf(crps(0), cases).value).toBe(scoreOf(mae(), cases).value);
    expect(() => ensembleCrps([3], 5, 1)).toThrow(/at least 2 members/);
    expect(() => ensembleCrps([3], 5, 0.5)).toThrow(/at least 2 members/);
    expect(() => scoreOf(crps(), cases)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

test("the true distribution scores best", () => {
  const stream = randomStream(5, "test/proper");
  const members = normals(stream, { draws: 400 });
  const truths = normals(stream, { sites: [1], draws: 4000 });
  const mean = (scale: number, shift: number): number => {
    const own = members.map((x) => scale * x + shift);
    return truths.reduce((sum, truth) => sum + ensembleCrps(own, truth), 0) / truths.length;
  };
  const best = mean(1, 0);
  for (const other of [mean(0.5, 0), mean(2, 0), mean(1, 0.5)]) expect(other).toBeGreaterThan(best);
});

test("skill against a reference", () => {
  expect(skillScore(1, 4)).toBe(0.75);
  const ours = [scoreOf(crps(), [uniformCase([0, 1, 3], 2)])];
  const reference = [scoreOf(crps(), [uniformCase([0, 0], 2)])];
  expect(skillScores(ours, reference)[0]).toMatchObject({ metric: "skill-score(crps(fairness=1))", output: "z" });
  expect(skillScores(ours, reference)[0]!.value).toBeCloseTo(1 - 1 / 6, 12);
  expect(() => skillScores(ours, [])).toThrow(/a reference for/);
});

test("bad arguments", () => {
  expect(() => ensembleCrps([], 0, 0)).toThrow(/at least 1 members/);
  expect(() => crps(1.5)).toThrow(/fairness from 0/);
  expect(() => ensembleCrps([0, 1], Number.NaN)).toThrow(expect.objectContaining({ code: "invalid-data" }));
});
