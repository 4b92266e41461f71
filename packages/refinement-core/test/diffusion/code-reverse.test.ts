import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codeMarginal, codePlan, codePosterior, codeReverse, linearKept, uniformCodes } from "../../src/index.js";
import { bayes, CODES, distribution, lastOf, MEMBERS, range, STEPS, sum, times, transitions } from "./code-members.js";

describe.each(MEMBERS)("codes under $name noise", ({ diffusion }) => {
  const states = range(diffusion.replacement.length);

  test("have the marginals of the product of the steps' matrices", () => {
    for (const time of times(diffusion)) {
      const product = transitions(diffusion, 0, time);
      for (const clean of range(CODES)) {
        codeMarginal(diffusion, time, clean).forEach((p, state) => expect(p).toBeCloseTo(product[clean]![state]!, 12));
      }
    }
  });

  test("have the posterior that Bayes' rule finds over all states, for any two times", () => {
    for (const from of times(diffusion)) {
      for (const to of range(from)) {
        const [before, between] = [transitions(diffusion, 0, to), transitions(diffusion, to, from)];
        for (const clean of range(CODES)) {
          for (const noisy of states) {
            const joint = states.map((state) => before[clean]![state]! * between[state]![noisy]!);
            if (sum(joint) === 0) continue;
            const row = codePosterior(diffusion, { from, to }, noisy, clean);
            row.forEach((p, state) => expect(p).toBeCloseTo(joint[state]! / sum(joint), 12));
          }
        }
      }
    }
  });

  test("are generated as data are distributed, exactly, by the perfect network", () => {
    fc.assert(
      fc.property(distribution, (data) => {
        // Down from q(x_T), all states at once.
        const last = lastOf(diffusion);
        let spread = states.map((state) => sum(data.map((p, clean) => p * codeMarginal(diffusion, last, clean)[state]!))); // prettier-ignore
        for (const { from, to } of codePlan(diffusion, [last, 3, 2, 0])) {
          const next = states.map(() => 0);
          spread.forEach((p, noisy) => {
            if (p === 0) return;
            const row = codeReverse(diffusion, { from, to }, noisy, bayes(diffusion, data, from, noisy));
            row.forEach((q, state) => (next[state]! += p * q));
          });
          spread = next;
        }
        data.forEach((p, code) => expect(spread[code]).toBeCloseTo(p, 10));
      }),
      { numRuns: 20 },
    );
  });
});

test("control: weighed as in eq. 4 of D3PM, what the network says of clean codes is not the reverse process", () => {
  const [diffusion, data, from, to, noisy] = [uniformCodes(CODES, linearKept(STEPS)), [0.6, 0.3, 0.1], 3, 2, 1];
  const said = bayes(diffusion, data, from, noisy);
  const [before, between] = [transitions(diffusion, 0, to), transitions(diffusion, to, from)];
  const normalised = (row: number[]) => row.map((value) => value / sum(row));
  const reverse = (weights: readonly number[]) =>
    normalised(range(CODES).map((state) => between[state]![noisy]! * sum(weights.map((w, clean) => w * before[clean]![state]!)))); // prettier-ignore
  const exact = reverse(data);
  codeReverse(diffusion, { from, to }, noisy, said).forEach((p, state) => expect(p).toBeCloseTo(exact[state]!, 12));
  expect(Math.abs(reverse(said)[noisy]! - exact[noisy]!)).toBeGreaterThan(0.01);
});
