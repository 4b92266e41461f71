import { f32, i32, type Engine, type NamedArrays } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { compiledPrograms, parameterArrays, traceTyped, type LinearParameters } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryOfCandidates } from "../../src/node/study/trick-lab.js";
import type { CategoricalModel } from "../../src/study/head/categorical.js";
import type { CellParameters } from "../../src/study/network/cell-network.js";
import { cellCost } from "../../src/study/sampling/cost.js";
import { drawSamples } from "../../src/study/sampling/draw-samples.js";
import { PLAIN } from "../../src/study/sampling/sampling.js";
import { tempered, topK, truncated } from "../../src/study/tricks/calibration.js";
import { adjacentDisagreement, consistent } from "../../src/study/tricks/consistency.js";
import { distillation, distillationLoss, halved, pairsOfScales } from "../../src/study/tricks/distillation.js";
import { FLOW } from "../../src/study/head/flow-process.js";
import { flow } from "../../src/study/tricks/flow.js";
import { guidance, guided } from "../../src/study/tricks/guidance.js";
import { minSnrWeights, reweighted, scalesAlike } from "../../src/study/tricks/loss-weights.js";
import { earlyExit, scheduleSearch, shorterSchedules, walkingOver } from "../../src/study/tricks/schedule.js";
import { scaleSignalToNoise } from "../../src/study/tricks/scale-snr.js";
import { selfConditioned } from "../../src/study/tricks/self-conditioning.js";
import type { SampledTrick, Validation } from "../../src/study/tricks/trick.js";
import { BASE, TRICKS } from "../../src/study/tricks/tricks.js";
import { withPredictions } from "../../src/study/tricks/with-predictions.js";
import { studyStage } from "../../src/study/training/study-stage.js";
import { TINY } from "./support.js";
import { ITEMS, items, labels, lossOf, source, tinyGround, weightsOf } from "./tiny-codes.js";

let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(() => engine.close());

const { base } = tinyGround();

/** Samples of a model whose classes are 0, 1, ..., by weights that are the same for all unless told. */
async function samplesOf(model: CategoricalModel, weights: NamedArrays = weightsOf(base)): Promise<Float32Array> {
  const programs = compiledPrograms(engine, weights, { where: "test" });
  const request = { programs, sampler: model.sampler, sampling: PLAIN, labels: Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7) };
  const { images } = await drawSamples({ ...request, seed: 5 });
  await programs.close();
  return images;
}

test("no two tricks have one name, and the base model is none of them", () => {
  const ids = [BASE, ...TRICKS].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("guidance of strength 1 is none, bit for bit; stronger guidance draws other samples for two passes each", async () => {
  const plain = await samplesOf(base);
  expect(await samplesOf(guided(base, [1, 1, 1]))).toEqual(plain);
  expect(await samplesOf(guided(base, [1, 1, 4]))).not.toEqual(plain);
  expect(guidance.evaluations([1, 1, 1])).toBe(6);
  const operations = (model: CategoricalModel) => cellCost(model).sample(PLAIN);
  expect(operations(guided(base, [1, 1, 1])) / operations(base)).toBeGreaterThan(1.5);
});

test("temperatures of 1 and all codes kept are the base model, bit for bit; others are not", async () => {
  const plain = await samplesOf(base);
  expect(await samplesOf(tempered(base, [1, 1, 1]))).toEqual(plain);
  expect(await samplesOf(truncated(base, [8, 8, 8]))).toEqual(plain);
  expect(await samplesOf(tempered(base, [1, 0.2, 1]))).not.toEqual(plain);
  expect(await samplesOf(truncated(base, [8, 8, 1]))).not.toEqual(plain);
  // One code kept is the most probable one, as at no temperature.
  const greedy = await samplesOf(truncated(base, [1, 1, 1]));
  expect(await samplesOf(tempered(base, [1e-4, 1e-4, 1e-4]))).toEqual(greedy);
});

test("top-k goes from scale to scale and keeps what came closest", async () => {
  const validation: Validation = {
    vocabulary: 256,
    // Best is 64 at the first scale and all at the second.
    distance: async ({ values: [first, second] }) => Math.abs(first! - 64) + (256 - second!),
    codeNats: async () => [],
  };
  const choice = await topK.choose(2, validation);
  expect(choice.values).toEqual([64, 256]);
  expect(choice.tried).toHaveLength(6);
});

test("what was drawn for one choice is not drawn again for the next: by the way to sample, its values and the seed", async () => {
  const once = memoryOfCandidates();
  const drawn = async (trick: SampledTrick, seed = 0) => {
    let count = 0;
    const distance: Validation["distance"] = ({ values }) =>
      once({ apply: trick.apply, values, seed }, async () => ((count += 1), values.length));
    const choice = await trick.choose(5, { vocabulary: 256, distance, codeNats: async () => [] });
    return [count, choice.tried.length];
  };
  expect(await drawn(earlyExit)).toEqual([4, 4]);
  expect(await drawn(scheduleSearch)).toEqual([26, 30]);
  // All codes of all scales are the incumbent five times.
  expect(await drawn(topK)).toEqual([11, 15]);
  // Control: another seed draws other samples.
  expect(await drawn(earlyExit, 1)).toEqual([4, 4]);
});

test("a walk over all scales is the base model, bit for bit; one that leaves some out has their codes only", async () => {
  const plain = await samplesOf(base);
  expect(await samplesOf(walkingOver(base, [0, 1, 2]))).toEqual(plain);
  const shorter = walkingOver(base, [0, 2]);
  expect(await samplesOf(shorter)).not.toEqual(plain);
  expect(shorter.space.tokens.map(({ side }) => side)).toEqual([1, 3]);
  expect(cellCost(shorter).sample(PLAIN)).toBeLessThan(cellCost(base).sample(PLAIN));
  expect(shorterSchedules(3).map((chosen) => chosen.join(""))).toEqual(["0", "1", "01", "2", "02", "12"]);
  const seen: string[] = [];
  const validation: Validation = {
    vocabulary: 8,
    distance: async ({ name, values }) => (seen.push(name), -values.length),
    codeNats: async () => [],
  };
  expect((await earlyExit.choose(3, validation)).values).toEqual([0, 1]);
  expect(seen).toEqual(["1", "1 2"]);
});

test("weights that are alike are the base loss, bit for bit; scales alike are the mean of the scales' means", async () => {
  const plain = await lossOf(engine, base, (...inputs) => base.loss(...inputs));
  const under = (weights: readonly number[]) => {
    const model = reweighted(base, weights);
    return lossOf(engine, base, (...inputs) => model.loss(...inputs));
  };
  expect(await under([1, 1, 1])).toBe(plain);
  const only = [await under([1, 0, 0]), await under([0, 1, 0]), await under([0, 0, 1])];
  const alike = await under(scalesAlike(base.space.tokens));
  expect(alike).toBeCloseTo(only.reduce((sum, nats) => sum + nats, 0) / 3, 4);
  expect(Math.abs(alike - plain)).toBeGreaterThan(1e-3);
  expect(minSnrWeights([0, 0.5, 1, 4], 1)).toEqual([1, 1, 1, 0.25]);
});

test("nothing is known before the first scale, and more before each further one", async () => {
  const ratios = await scaleSignalToNoise(engine, base, items, ITEMS);
  expect(ratios[0]).toBe(0);
  expect(ratios[1]).toBeGreaterThan(-1);
  // Codes of no value tell nothing.
  expect(await scaleSignalToNoise(engine, tinyGround(0).base, items, ITEMS)).toEqual([0, 0, 0]);
});

test("self-conditioning that looks away from its estimate is the base model, bit for bit", async () => {
  const own = selfConditioned(tinyGround());
  const weights = { ...weightsOf(base) };
  const projection = weights["parameters/trunk/context"] as Float32Array;
  const blind = new Float32Array(2 * projection.length);
  blind.set(projection);
  expect(own.types.trunk.context.shape[0]).toBe(2 * base.types.trunk.context.shape[0]!);
  expect(await samplesOf(own, { ...weights, "parameters/trunk/context": blind })).toEqual(await samplesOf(base));
  // Control: rows of the estimate that are not zero.
  const seeing = blind.map((value, at) => (at < projection.length ? value : 2 * projection[at - projection.length]!));
  expect(await samplesOf(own, { ...weights, "parameters/trunk/context": seeing })).not.toEqual(await samplesOf(base));
});

test("training of self-conditioning shows an estimate to the items that it is drawn for", async () => {
  const own = selfConditioned(tinyGround());
  const under = (shown: number) => lossOf(engine, own, (...inputs) => own.loss(...inputs), { shown: new Float32Array(ITEMS).fill(shown) }); // prettier-ignore
  expect(Math.abs((await under(1)) - (await under(0)))).toBeGreaterThan(1e-4);
  const { shown } = own.random.draw(0, { first: 0, count: 2_000 });
  const share = [...shown!].reduce((sum, value) => sum + value, 0) / 2_000;
  expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
});

test("a student says two scales at once: half as many evaluations, and the second does not depend on the first's codes", async () => {
  expect(pairsOfScales(5)).toEqual([[0], [1, 2], [3, 4]]);
  expect(pairsOfScales(4)).toEqual([[0, 1], [2, 3]]); // prettier-ignore
  expect([distillation.evaluations(5), distillation.evaluations(4)]).toEqual([3, 2]);
  // Codes of scales 1 and 2 add up in the state: with independent draws the mixed difference is 0.
  const mixed = async (model: CategoricalModel) => {
    const executable = await engine.compile(model.sampler.program(ITEMS), { constants: weightsOf(base) });
    const noise = (seed: number) => model.sampler.noise.draw(seed, { first: 0, count: ITEMS });
    const images = async (one: number, two: number) => {
      const given = { "noise/0": noise(0)["0"]!, "noise/1": noise(one)["1"]!, "noise/2": noise(two)["2"]! };
      return (await executable.run({ ...given, labels, temperature: Float32Array.of(1) }))["images"]!.slice();
    };
    const [a, b, c, d] = [await images(1, 1), await images(2, 1), await images(1, 2), await images(2, 2)];
    await executable.close();
    return Math.max(...Array.from(a, (value, at) => Math.abs(value - b[at]! - c[at]! + d[at]!)));
  };
  expect(await mixed(halved(base))).toBeLessThan(1e-4);
  expect(await mixed(base)).toBeGreaterThan(0.1);
});

test("a student that is its teacher has nothing to learn where codes tell nothing, and something where they do", async () => {
  const lossWith = ({ base: teacher }: ReturnType<typeof tinyGround>) =>
    lossOf(engine, teacher, (params, states, given) => distillationLoss(teacher, { student: params, teacher: params }, states, given)); // prettier-ignore
  expect(await lossWith(tinyGround(0))).toBe(0);
  expect(await lossWith(tinyGround())).toBeGreaterThan(1e-3);
});

test("consistency of weight 0 is the base loss, and estimates agree where codes tell nothing", async () => {
  const plain = await lossOf(engine, base, (...inputs) => base.loss(...inputs));
  const under = (weight: number) => {
    const model = consistent(base, weight);
    return lossOf(engine, base, (...inputs) => model.loss(...inputs));
  };
  expect(await under(0)).toBe(plain);
  expect(await under(1)).toBeGreaterThan(plain + 1e-4);
  const disagreement = ({ base: own }: ReturnType<typeof tinyGround>) =>
    lossOf(engine, own, (params, states, given) => {
      const taught = own.taught(states, {});
      return adjacentDisagreement(own, taught, own.logits(params, taught.map(({ context }) => context), given)); // prettier-ignore
    });
  expect(await disagreement(tinyGround(0))).toBe(0);
  expect(await disagreement(tinyGround())).toBeGreaterThan(0);
});

test("Euler's steps along the exact flow of normal data have the gains that they are known to have", () => {
  const gain = (deviation: number, steps: number) => {
    let state = 1;
    for (const step of FLOW.plan({ kind: "diffusion", solver: "euler", steps })) {
      const { signal, noise } = step.level;
      const data = (signal * deviation ** 2 * state) / (signal ** 2 * deviation ** 2 + noise ** 2);
      state = step.state * state + step.data * data;
    }
    return state;
  };
  // The notes' figures; the first level lies half a thousandth of the way in.
  for (const [deviation, ...gains] of [
    [0.5, 0, 0.2, 0.34054],
    [1, 0, 0.5, 0.72],
    [2, 0, 0.8, 1.36216],
  ] as const) {
    gains.forEach((known, i) => expect(Math.abs(gain(deviation, 2 ** i) - known)).toBeLessThan(0.003));
  }
});

test("a flow learns: its loss falls on a batch that it sees again and again, and it draws another sample for another seed", async () => {
  const model = await flow.model(tinyGround());
  const read = { count: ITEMS, labels, at: async () => items };
  const training = { ...TINY.training, steps: 40, batchSize: ITEMS };
  const stage = studyStage(tinyGround().cell, model, { items: read, settings: { ...TINY, training }, seed: 0 });
  const executable = await engine.compile(stage.program(), { state: await stage.start() });
  const inputs = { ...(await stage.batches(0)), learningRate: Float32Array.of(4e-3), averageDecay: Float32Array.of(0) };
  const losses: number[] = [];
  for (let step = 0; step < 40; step++) losses.push((await executable.run(inputs))["loss"]![0]!);
  await executable.close();
  expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);

  const programs = compiledPrograms(engine, parameterArrays(model.init(source), "parameters"), { where: "test" });
  const draw = async (seed: number, steps: number) => {
    const sampling = flow.samplings.find((one) => one.steps === steps)!;
    return (await drawSamples({ programs, sampler: model.sampler, sampling, labels, seed })).images;
  };
  expect(await draw(1, 2)).toEqual(await draw(1, 2));
  expect(await draw(2, 2)).not.toEqual(await draw(1, 2));
  expect(await draw(1, 4)).not.toEqual(await draw(1, 2));
  const cost = cellCost(model);
  const [two, four] = [2, 4].map((steps) => cost.sample({ kind: "diffusion", solver: "ddim", steps }));
  expect(four! / two!).toBeGreaterThan(1.8);
  await programs.close();
});

test("a likelihood that is taken scale after scale is that of all scales at once", async () => {
  type Inputs = { readonly parameters: CellParameters<LinearParameters>; readonly items: tf.Tensor; readonly labels: tf.Tensor }; // prettier-ignore
  const signature = { parameters: base.types, items: f32(ITEMS, ...base.domain.item), labels: i32(ITEMS) };
  const logitsOf = async (model: CategoricalModel) => {
    const program = traceTyped<Inputs>(signature, ({ parameters, items: states, labels: given }) => ({
      logits: model.scored(parameters, states, given).scales.map(({ logits }) => logits),
    }));
    const executable = await engine.compile(program, { constants: weightsOf(base) });
    const outputs = await executable.run({ items, labels });
    await executable.close();
    return [0, 1, 2].flatMap((k) => [...outputs[`logits/${k}`]!]);
  };
  const [together, alone] = [await logitsOf(base), await logitsOf(withPredictions(base, base.predictions))];
  alone.forEach((value, at) => expect(Math.abs(value - together[at]!)).toBeLessThan(1e-3));
  expect(await logitsOf(guided(base, [2, 2, 2]))).not.toEqual(alone);
});
