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
  codePriorNats,
  codeReverse,
  codeStepNats,
  diffuseCodes,
  linearKept,
  maskedWeight,
  randomStream,
  uniforms,
} from "../../src/index.js";
import { runTraced } from "../support/run-traced.js";
import { bayes, CODES, distribution, lastOf, MEMBERS, range, STEPS, sum, times } from "./code-members.js";

describe.each(MEMBERS)("codes under $name noise", ({ diffusion }) => {
  const states = range(diffusion.replacement.length);

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
      { numRuns: 10 },
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
});
