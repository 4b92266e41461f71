import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { gumbels } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { codeNoise, selectHostCodes } from "../../src/walk/code-noise.js";
import { corrupted } from "../../src/walk/corrupted.js";
import { encode } from "../../src/walk/encode.js";
import { given } from "../../src/walk/given.js";
import { inpainted } from "../../src/walk/inpainted.js";
import { sampled } from "../../src/walk/sampled.js";
import type { Step } from "../../src/walk/scale.js";
import { scored } from "../../src/walk/scored.js";
import { walk, walkAsync } from "../../src/walk/walk.js";
import { collect } from "./collect.js";
import { latticeQuantiser } from "./lattice-quantiser.js";
import { forms, laplacianForm, randomGrid, type Form } from "./two-forms.js";

type Codes = HostTensor<Int32Array>;
type GridStep = Step<unknown, HostTensor, HostTensor, HostTensor>;

const VOCABULARY = 5;
const lattice = latticeQuantiser((scale) => 0.8 / (scale + 1));
const difference = (a: HostTensor, b: HostTensor) => hostGrid.subtract(a, b);
const largest = ({ data }: HostTensor) => data.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
const last = <T>(list: readonly T[]): T => list[list.length - 1]!;
const stream = randomStream(3, "policies");

/** Replaces codes of every scale but the last `spared`, items being the two grids of a batch. */
function flips(form: Form, strength: number, spared = 0) {
  return (index: number, codes: Codes): Codes => {
    if (index >= form.scales.length - spared) return codes;
    const sites = codes.data.length / 2;
    const noise = codeNoise(stream, { items: 2, scale: index, sites, vocabulary: VOCABULARY, strength });
    return selectHostCodes(noise.mask, { shape: codes.shape, data: noise.replacement }, codes);
  };
}

test.each(forms)("$name: corruption of strength 0 gives the encoder's codes and states", (form) => {
  const base = encode(lattice, form.data(randomGrid(0)));
  const plain = [...walk(form.scales, form.start, base)];
  const visits = [...walk(form.scales, form.start, corrupted(lattice, base, flips(form, 0)))];
  visits.forEach((visit, k) => {
    expect(visit.codes).toEqual(plain[k]!.codes);
    expect(visit.targets).toEqual(plain[k]!.codes);
    expect(visit.state).toEqual(plain[k]!.state);
  });
});

test.each(forms)(
  "$name: after corrupted scales the targets still reconstruct within the last scale's error",
  (form) => {
    fc.assert(
      fc.property(fc.nat(1000), (item) => {
        const grid = randomGrid(item);
        const base = encode(lattice, form.data(grid));
        const visits = [...walk(form.scales, form.start, corrupted(lattice, base, flips(form, 1, 1)))];
        const plain = [...walk(form.scales, form.start, base)];
        expect(visits.map(({ codes }) => codes)).not.toEqual(plain.map(({ codes }) => codes));
        const { state, residual, value } = last(visits);
        expect(largest(difference(difference(grid, state), difference(residual, value)))).toBeLessThan(1e-5);
        expect(largest(difference(grid, state))).toBeLessThan(0.8 / form.scales.length);
      }),
      { numRuns: 20 },
    );
  },
);

test("control: targets of the clean path do not repair a corrupted one", () => {
  const { scales, start, data } = laplacianForm;
  const grid = randomGrid(1);
  const base = encode(lattice, data(grid));
  const clean = [...walk(scales, start, base)].map(({ codes }) => codes);
  const wrong = [...walk(scales, start, corrupted(lattice, base, flips(laplacianForm, 1, 1)))].map(
    ({ codes }) => codes,
  );
  const mixed = [...wrong.slice(0, -1), last(clean)];
  expect(largest(difference(grid, last([...walk(scales, start, given(lattice, mixed))]).state))).toBeGreaterThan(0.8);
});

test("code noise: the rate is the mean of the item's probabilities, replacements are uniform", () => {
  const options = { items: 4000, scale: 0, sites: 50, vocabulary: VOCABULARY };
  const { mask, replacement } = codeNoise(stream, { ...options, strength: 0.3 });
  expect(mask.reduce((sum, flag) => sum + flag, 0) / mask.length).toBeCloseTo(0.15, 2);
  const hits = Array.from({ length: VOCABULARY }, (_, code) => replacement.filter((c) => c === code).length);
  for (const hit of hits) expect(hit / mask.length).toBeCloseTo(1 / VOCABULARY, 2);
  // An item either has few flips or many: its probability is drawn once. With one rate for all sites the spread of
  // rates between items would be that of a binomial, 0.05.
  const rates = Array.from({ length: 4000 }, (_, i) => mask.slice(50 * i, 50 * i + 50).reduce((a, b) => a + b, 0) / 50);
  const deviation = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - 0.15) ** 2, 0) / rates.length);
  expect(deviation).toBeGreaterThan(0.09);
  expect(codeNoise(stream, { ...options, strength: 0 }).mask.includes(1)).toBe(false);
});

test("code noise of an item does not depend on its batch", () => {
  const options = { scale: 2, sites: 9, vocabulary: 7, strength: 0.5 };
  const whole = codeNoise(stream, { ...options, items: 6 });
  const part = codeNoise(stream, { ...options, items: [4] });
  expect(part.mask).toEqual(whole.mask.slice(36, 45));
  expect(part.replacement).toEqual(whole.replacement.slice(36, 45));
});

test("a strength outside 0 to 1 is refused", () => {
  try {
    codeNoise(stream, { items: 1, scale: 0, sites: 1, vocabulary: 2, strength: 1.5 });
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});

/** A toy refiner: the logit of code c falls with its distance from the sign of the context. Keeps count of its calls. */
function toyRefiner() {
  let calls = 0;
  return {
    get calls() {
      return calls;
    },
    predict: () => {
      calls = 0;
      return ({ context }: GridStep): Float32Array => {
        calls++;
        return Float32Array.from({ length: context.data.length * VOCABULARY }, (_, i) => {
          const centre = 2 + Math.sign(context.data[Math.floor(i / VOCABULARY)]!);
          return -Math.abs((i % VOCABULARY) - centre);
        });
      };
    },
  };
}

function drawCodes(index: number, logits: Float32Array): Codes {
  const perItem = logits.length / 2 / VOCABULARY;
  const noise = gumbels(stream, { items: 2, scale: index, sites: perItem, draws: VOCABULARY });
  const data = Int32Array.from({ length: logits.length / VOCABULARY }, (_, i) => {
    const scores = Array.from(
      { length: VOCABULARY },
      (_, c) => logits[i * VOCABULARY + c]! + noise[i * VOCABULARY + c]!,
    );
    return scores.indexOf(Math.max(...scores));
  });
  const side = Math.sqrt(perItem / 3);
  return { shape: [2, side, side, 3], data };
}

function logProbability(_: number, logits: Float32Array, codes: Codes): number {
  return codes.data.reduce((sum, code, i) => {
    const row = logits.slice(i * VOCABULARY, (i + 1) * VOCABULARY);
    return sum + row[code]! - Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
  }, 0);
}

test.each(forms)("$name: a sample can be walked again by its codes, and scored", (form) => {
  const refiner = toyRefiner();
  const policy = sampled(lattice, refiner.predict, drawCodes);
  const sample = [...walk(form.scales, form.start, policy)];
  expect(refiner.calls).toBe(form.scales.length);
  expect([...walk(form.scales, form.start, policy)]).toEqual(sample);
  const codes = sample.map((visit) => visit.codes);
  const again = [...walk(form.scales, form.start, scored(given(lattice, codes), refiner.predict, logProbability))];
  again.forEach((visit, k) => {
    expect(visit.state).toEqual(sample[k]!.state);
    expect(visit.prediction).toEqual(sample[k]!.prediction);
    expect(visit.logProbability).toBe(logProbability(k, sample[k]!.prediction, codes[k]!));
    expect(visit.logProbability).toBeLessThan(0);
  });
});

test("probabilities of all samples of a two-scale toy add up to 1", () => {
  // One code of two values, then one code that depends on it: scored over every combination.
  const scales = [1, 2].map(() => ({
    context: (state: number) => state,
    residual: (data: number, context: number) => data - context,
    refine: (state: number, value: number) => state + value,
  }));
  const quantiser = {
    quantise: (_: number, r: number) => ({ codes: r, value: r }),
    embed: (_: number, c: number) => c,
  };
  const predict = () => (step: Step<number, number, number, number>) => 1 / (1 + Math.exp(step.context + step.index));
  const score = (_: number, probability: number, code: number) => Math.log(code === 1 ? probability : 1 - probability);
  let total = 0;
  for (const codes of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]) {
    // prettier-ignore
    const visits = [...walk(scales, 0, scored(given(quantiser, codes), predict, score))];
    total += Math.exp(visits.reduce((sum, visit) => sum + visit.logProbability, 0));
  }
  expect(total).toBeCloseTo(1, 12);
});

test("scoring data scores its encoding", () => {
  const { scales, start, data } = laplacianForm;
  const base = encode(lattice, data(randomGrid(2)));
  const visits = [...walk(scales, start, scored(base, toyRefiner().predict, logProbability))];
  expect(visits.map(({ codes, residual }) => ({ codes, residual }))).toEqual(
    [...walk(scales, start, base)].map(({ codes, residual }) => ({ codes, residual })),
  );
});

test("a refiner that has to be waited for gives the same sample and score", async () => {
  const { scales, start } = laplacianForm;
  const refiner = toyRefiner();
  const slow = () => {
    const predict = refiner.predict();
    return async (step: GridStep) => predict(step);
  };
  const sample = [...walk(scales, start, sampled(lattice, refiner.predict, drawCodes))];
  expect(await collect(walkAsync(scales, start, sampled(lattice, slow, drawCodes)))).toEqual(sample);
  const codes = sample.map((visit) => visit.codes);
  const scoring = scored(given(lattice, codes), slow, logProbability);
  const scores = (await collect(walkAsync(scales, start, scoring))).map((visit) => visit.logProbability);
  expect(scores).toEqual(sample.map((visit, k) => logProbability(k, visit.prediction, codes[k]!)));
});

test.each(forms)("$name: in-painting keeps the codes of its mask and draws the others", async (form) => {
  const known = encode(lattice, form.data(randomGrid(3)));
  const refiner = toyRefiner();
  const free = sampled(lattice, refiner.predict, drawCodes);
  const leftHalf = ({ shape: [, height = 0, width = 0, channels = 0] }: Codes) =>
    Int32Array.from({ length: 2 * height * width * channels }, (_, i) => {
      return Number(Math.floor(i / channels) % width < width / 2);
    });
  const merge = (_: number, kept: Codes, drawn: Codes) => selectHostCodes(leftHalf(drawn), kept, drawn);
  const visits = [...walk(form.scales, form.start, inpainted(lattice, known, free, merge))];
  for (const { index, context, codes, value } of visits) {
    const step = { index, context, scale: form.scales[index]!, state: form.start };
    const [kept, drawn] = [known()(step).codes, free()(step).codes];
    const mask = leftHalf(codes);
    codes.data.forEach((code, i) => {
      expect(code).toBe(mask[i] ? kept.data[i] : drawn.data[i]);
    });
    expect(value).toEqual(lattice.embed(index, codes));
  }
  const all = (flag: number) => (_: number, kept: Codes, drawn: Codes) => (flag ? kept : drawn);
  const everything = [...walk(form.scales, form.start, inpainted(lattice, known, free, all(1)))];
  expect(last(everything).state).toEqual(last([...walk(form.scales, form.start, known)]).state);
  const nothing = [...walk(form.scales, form.start, inpainted(lattice, known, free, all(0)))];
  expect(last(nothing).state).toEqual(last([...walk(form.scales, form.start, free)]).state);
  const slow = () => {
    const predict = refiner.predict();
    return async (step: GridStep) => predict(step);
  };
  const waiting = inpainted(lattice, known, sampled(lattice, slow, drawCodes), merge);
  expect(await collect(walkAsync(form.scales, form.start, waiting))).toEqual(visits);
});

test("a zero grid is the start of both forms", () => {
  for (const form of forms) expect(form.start).toEqual(hostTensor(form.start.shape));
});
