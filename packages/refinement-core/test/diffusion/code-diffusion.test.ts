import { gradients } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  absorbingCodes,
  codeDiffusionNats,
  codeFactors,
  codeFactorTypes,
  codeMarginal,
  codePlan,
  codePosterior,
  codePriorNats,
  codeReverse,
  codeStepNats,
  cosineKept,
  diffuseCodes,
  linearKept,
  maskedWeight,
  randomStream,
  sampleCodes,
  samplingTimes,
  startCodes,
  uniformCodes,
  uniforms,
  type CodeDiffusion,
} from "../../src/index.js";
import { runTraced } from "../support/run-traced.js";

const CODES = 3;
const STEPS = 6;
const MEMBERS = [
  { name: "uniform, linear", diffusion: uniformCodes(CODES, linearKept(STEPS)) },
  { name: "uniform, cosine", diffusion: uniformCodes(CODES, cosineKept(STEPS)) },
  { name: "absorbing", diffusion: absorbingCodes(CODES, linearKept(STEPS)) },
  // What is kept at the end costs a prior.
  { name: "uniform, cut short", diffusion: uniformCodes(CODES, linearKept(STEPS).slice(0, STEPS)) },
];
const lastOf = ({ kept }: CodeDiffusion) => kept.length - 1;
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const times = (diffusion: CodeDiffusion) => range(lastOf(diffusion)).map((i) => i + 1);
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** One step's matrix Q_t, row-stochastic, as the papers write it: what nothing in the sources ever makes. */
function transition({ kept, replacement }: CodeDiffusion, time: number): number[][] {
  const stays = kept[time]! / kept[time - 1]!;
  return range(replacement.length).map((from) =>
    range(replacement.length).map((to) => (from === to ? stays : 0) + (1 - stays) * replacement[to]!),
  );
}

/** Q_from+1 ... Q_to. */
function transitions(diffusion: CodeDiffusion, from: number, to: number): number[][] {
  const states = range(diffusion.replacement.length);
  let product = states.map((i) => states.map((j) => Number(i === j)));
  for (let time = from + 1; time <= to; time++) {
    const step = transition(diffusion, time);
    product = product.map((row) => states.map((j) => sum(row.map((value, k) => value * step[k]![j]!))));
  }
  return product;
}

const distribution = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: CODES, maxLength: CODES })
  .map((weights) => weights.map((weight) => weight / sum(weights)));

/** p(x_0 | x_t) by Bayes' rule: the perfect network. */
function bayes(diffusion: CodeDiffusion, data: readonly number[], time: number, noisy: number): number[] {
  const joint = data.map((p, clean) => p * codeMarginal(diffusion, time, clean)[noisy]!);
  const total = sum(joint);
  return total === 0 ? [...data] : joint.map((value) => value / total);
}

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

  /** The bound for a clean code, over all that noise makes of it. */
  const boundOf = (clean: number, said: (time: number, noisy: number) => readonly number[]) =>
    codePriorNats(diffusion, clean) +
    sum(
      times(diffusion).flatMap((time) =>
        [...codeMarginal(diffusion, time, clean)].map((p, noisy) =>
          p === 0 ? 0 : p * codeStepNats(diffusion, time, { clean, noisy, said: said(time, noisy) }),
        ),
      ),
    );

  /** p(x_0) of a model, by summing over all paths. */
  function enumerated(said: (time: number, noisy: number) => readonly number[]): number[] {
    let spread = Array.from(diffusion.replacement);
    for (const time of times(diffusion).reverse()) {
      const next = states.map(() => 0);
      spread.forEach((p, noisy) => {
        codeReverse(diffusion, { from: time, to: time - 1 }, noisy, said(time, noisy)).forEach((q, state) => {
          if (p > 0) next[state]! += p * q;
        });
      });
      spread = next;
    }
    return spread;
  }

  test("have a bound that no model's likelihood is below", () => {
    fc.assert(
      fc.property(fc.array(distribution, { minLength: 40, maxLength: 40 }), (tables) => {
        const said = (time: number, noisy: number) => tables[(time * 5 + noisy) % tables.length]!;
        const likelihoods = enumerated(said);
        expect(sum(likelihoods)).toBeCloseTo(1, 10);
        for (const clean of range(CODES)) {
          expect(boundOf(clean, said)).toBeGreaterThanOrEqual(-Math.log(likelihoods[clean]!) - 1e-10);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("have a bound that the perfect network meets: the data's entropy and what is kept to the end", () => {
    const data = [0.6, 0.3, 0.1];
    const bound = sum(data.map((p, clean) => p * boundOf(clean, (time, noisy) => bayes(diffusion, data, time, noisy))));
    const end = states.map((state) => sum(data.map((p, clean) => p * codeMarginal(diffusion, lastOf(diffusion), clean)[state]!))); // prettier-ignore
    const kept = sum(end.map((p, state) => (p === 0 ? 0 : p * Math.log(p / diffusion.replacement[state]!))));
    const entropy = -sum(data.map((p) => p * Math.log(p)));
    expect(bound).toBeCloseTo(entropy + kept, 10);
    expect(kept > 1e-6).toBe(diffusion.kept.at(-1)! > 0);
    // Control: a network that knows the data but not the state is worse.
    expect(sum(data.map((p, clean) => p * boundOf(clean, () => data)))).toBeGreaterThan(bound - 1e-12);
  });

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

  test("have the same bound in a training step, where the gradient goes to what the network says", async () => {
    const [items, sites] = [3, 4];
    const at = [1, 3, lastOf(diffusion)];
    const numbers = uniforms(randomStream(2, "test/codes"), { draws: 4 * items * sites });
    const clean = Int32Array.from({ length: items * sites }, (_, i) => Math.floor(numbers[i]! * CODES));
    const noisy = diffuseCodes(diffusion, clean, at, numbers.subarray(2 * items * sites));
    const logits = uniforms(randomStream(3, "test/codes"), { draws: items * sites * CODES }).map((u) => 4 * u);
    const shape = [items, sites];
    const factors = codeFactors(diffusion, at);
    expect(Object.keys(codeFactorTypes(items))).toEqual(Object.keys(factors));
    const { nats, moved } = await runTraced(
      {
        late: { shape: [items], data: factors.late },
        early: { shape: [items], data: factors.early },
        logits: { shape: [...shape, CODES], data: logits },
        clean: { shape, data: clean },
        noisy: { shape, data: noisy },
      },
      (inputs) => {
        const traced = codeDiffusionNats(diffusion, inputs, inputs.logits, inputs);
        return { nats: traced, moved: gradients(tf.sum(traced), { logits: inputs.logits }).logits };
      },
    );
    nats!.forEach((value, i) => {
      const weights = range(CODES).map((code) => Math.exp(logits[i * CODES + code]!));
      const said = weights.map((weight) => weight / sum(weights));
      const exact = codeStepNats(diffusion, at[Math.floor(i / sites)]!, { clean: clean[i]!, noisy: noisy[i]!, said });
      expect(value).toBeCloseTo(exact, 4);
    });
    expect(moved!.every(Number.isFinite)).toBe(true);
    expect(moved!.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });
});

describe("absorbing codes", () => {
  const diffusion = absorbingCodes(CODES, linearKept(STEPS));

  test("cost a weighted cross-entropy where they are masked, and nothing elsewhere", () => {
    const said = [0.5, 0.3, 0.2];
    for (const time of times(diffusion)) {
      expect(maskedWeight(diffusion, time)).toBeCloseTo(1 / time, 12);
      for (const clean of range(CODES)) {
        const masked = codeStepNats(diffusion, time, { clean, noisy: CODES, said });
        expect(masked).toBeCloseTo((1 / time) * -Math.log(said[clean]!), 12);
        // At the end all are masked.
        if (time < STEPS) expect(codeStepNats(diffusion, time, { clean, noisy: clean, said })).toBeCloseTo(0, 12);
      }
    }
  });

  test("start all masked, and end with none, whatever the network says", async () => {
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
