import { describe, expect, test } from "vitest";
import {
  absorbingCodes,
  codeMarginal,
  codePlan,
  diffuseCodes,
  linearKept,
  randomStream,
  sampleCodes,
  samplingTimes,
  startCodes,
  uniformCodes,
  uniforms,
} from "../../src/index.js";
import { bayes, CODES, lastOf, MEMBERS, range, STEPS } from "./code-members.js";

describe.each(MEMBERS)("codes under $name noise", ({ diffusion }) => {
  test("are diffused as the marginals say, each item at its own time", () => {
    const count = 4000;
    const numbers = uniforms(randomStream(1, "test/codes"), { items: 2, sites: count, draws: 2 });
    const drawn = diffuseCodes(diffusion, new Int32Array(2 * count).fill(1), [2, lastOf(diffusion)], numbers);
    for (const [item, time] of [2, lastOf(diffusion)].entries()) {
      const part = drawn.subarray(item * count, (item + 1) * count);
      codeMarginal(diffusion, time, 1).forEach((p, state) => {
        const share = part.filter((code) => code === state).length / count;
        // Four standard errors of a share.
        expect(Math.abs(share - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / count));
      });
    }
  });
});

test("absorbing codes start all masked, and end with none, whatever the network says", async () => {
  const diffusion = absorbingCodes(CODES, linearKept(STEPS));
  const start = startCodes(diffusion, uniforms(randomStream(1, "test/start"), { draws: 50 }));
  expect(start.every((state) => state === CODES)).toBe(true);
  const plan = codePlan(diffusion, samplingTimes({ last: STEPS, steps: 4, spacing: "trailing" }));
  const seen: number[] = [];
  const end = await sampleCodes(diffusion, plan, {
    start,
    predict: (states, time) => {
      seen.push(time);
      return new Float32Array(states.length * CODES);
    },
    uniform: (step) => uniforms(randomStream(1, "test/steps"), { scale: step, draws: 50 }),
  });
  expect(end.every((state) => state < CODES)).toBe(true);
  expect(seen).toEqual(plan.map(({ from }) => from));
});

test("samples of the perfect network have the data's frequencies; each step's numbers are its own", async () => {
  const [data, count] = [[0.6, 0.3, 0.1], 6000];
  for (const { diffusion } of MEMBERS.slice(0, 3)) {
    const stream = randomStream(4, "test/samples");
    const end = await sampleCodes(diffusion, codePlan(diffusion, [STEPS, 4, 2, 1, 0]), {
      start: startCodes(diffusion, uniforms(stream, { draws: count })),
      predict: (states, time) => {
        const rows = range(diffusion.replacement.length).map((state) => bayes(diffusion, data, time, state).map((p) => Math.log(p))); // prettier-ignore
        return Array.from(states).flatMap((state) => rows[state]!);
      },
      uniform: (step) => uniforms(stream, { scale: step + 1, draws: count }),
    });
    data.forEach((p, code) => {
      const share = end.filter((state) => state === code).length / count;
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count));
    });
  }
});

test("probabilities that do not fall from 1, and times that are not there, are refused", () => {
  expect(() => uniformCodes(3, Float64Array.of(1, 0.5, 0.5))).toThrow(/fall from 1/);
  expect(() => absorbingCodes(3, Float64Array.of(0.9, 0.5))).toThrow(/fall from 1/);
  expect(() => codePlan(uniformCodes(3, linearKept(4)), [5, 0])).toThrow(/falling times from 4 to 0/);
});
