import * as tf from "@tensorflow/tfjs-core";
import { gradients, isNextscaleError, stopGradient } from "@nextscale/engine";
import { expect, test } from "vitest";
import { hostGrid, tensorGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { codebookFromMeans, sharedCodebookFromMeans } from "../../src/quantiser/codebook.js";
import { learnCodebooks, sharedRestartChoices } from "../../src/quantiser/learn-codebooks.js";
import { straightThrough, vqLosses } from "../../src/quantiser/loss.js";
import { multiScaleScales, sharedPhi } from "../../src/quantiser/multi-scale.js";
import { identityQuantiser } from "../../src/quantiser/quantiser.js";
import { initPhi, phiNormals } from "../../src/quantiser/phi.js";
import { hostVectorQuantiser, vectorQuantiser } from "../../src/quantiser/vector-quantiser.js";
import { randomStream } from "../../src/random/stream.js";
import { initialiser } from "../../src/refiner/parameters.js";
import { codeNoise, selectCodes } from "../../src/walk/code-noise.js";
import { corrupted } from "../../src/walk/corrupted.js";
import { encode } from "../../src/walk/encode.js";
import { given } from "../../src/walk/given.js";
import { sampled } from "../../src/walk/sampled.js";
import { walk } from "../../src/walk/walk.js";
import { onCpu } from "../support/cpu.js";
import { gumbels, normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { largestDifference, toTensors } from "../support/tensors.js";

onCpu();

const ITEMS = 3;
const CHANNELS = 4;
const VOCABULARY = 24;
const SIZES = [[1, 1], [2, 2], [3, 3], [4, 4], [7, 7]] as const; // prettier-ignore
const SITES = SIZES.map(([h, w]) => ITEMS * h * w);

const features = hostTensor([ITEMS, 7, 7, CHANNELS], normals("features", ITEMS * 49 * CHANNELS));
const start = hostTensor([ITEMS, 7, 7, CHANNELS]);
const embedding = (scale: number) =>
  hostTensor([VOCABULARY, CHANNELS], normals(`e${scale}`, VOCABULARY * CHANNELS).map((z) => z * 0.7 ** scale)); // prettier-ignore
const perScale = SIZES.map((_, scale) => embedding(scale));
const phis = initPhi(initialiser(phiNormals(randomStream(1, "phi"))), 4, CHANNELS);
const asTensor = ({ data, shape }: HostTensor) => tf.tensor(data, [...shape]);
const last = <T>(list: readonly T[]): T => list[list.length - 1]!;

const tensorScales = () => multiScaleScales(tensorGrid, { sizes: SIZES }, sharedPhi(toTensors(phis), SIZES.length));

test.each([
  ["shared codebook", [embedding(1)]],
  ["codebook per scale", perScale],
])("%s: decoding the codes reproduces the encoder's features at every scale", (_, embeddings) => {
  const quantiser = vectorQuantiser(embeddings.map(asTensor));
  const encoded = [...walk(tensorScales(), asTensor(start), encode(quantiser, asTensor(features)))];
  const codes = encoded.map((visit) => visit.codes);
  expect(codes.map(({ shape }) => shape)).toEqual(SIZES.map(([h, w]) => [ITEMS, h, w]));
  const decoded = [...walk(tensorScales(), asTensor(start), given(quantiser, codes))];
  decoded.forEach((visit, k) => {
    expect(largestDifference(visit.context, encoded[k]!.context)).toBe(0);
    expect(largestDifference(visit.state, encoded[k]!.state)).toBe(0);
  });
});

test("tensors and host values walk alike", () => {
  const plain = { sizes: SIZES };
  const onHost = [...walk(multiScaleScales(hostGrid, plain), start, encode(hostVectorQuantiser(perScale), features))];
  const quantiser = vectorQuantiser(perScale.map(asTensor));
  const onTensors = walk(multiScaleScales(tensorGrid, plain), asTensor(start), encode(quantiser, asTensor(features)));
  for (const { index, codes, state } of onTensors) {
    expect([...codes.dataSync()]).toEqual([...onHost[index]!.codes.data]);
    expect(largestDifference(state, asTensor(onHost[index]!.state))).toBeLessThan(1e-5);
  }
});

test("the last scale is not resized: without phi its quantisation error is what is left", () => {
  const scales = multiScaleScales(hostGrid, { sizes: SIZES });
  const visits = [...walk(scales, start, encode(hostVectorQuantiser(perScale), features))];
  const { state, residual, value } = last(visits);
  const [rest, error] = [hostGrid.subtract(features, state), hostGrid.subtract(residual, value)];
  expect(Math.max(...hostGrid.subtract(rest, error).data.map(Math.abs))).toBeLessThan(1e-5);
  const exact = [...walk(scales, start, encode(identityQuantiser<HostTensor>(), features))];
  expect(Math.max(...hostGrid.subtract(features, last(exact).state).data.map(Math.abs))).toBeLessThan(1e-5);
});

test("a single scale and a repeated scale are no special cases", () => {
  const quantiser = hostVectorQuantiser([embedding(0)]);
  const one = [...walk(multiScaleScales(hostGrid, { sizes: [[7, 7]] }), start, encode(quantiser, features))];
  expect(one.map(({ codes }) => codes.shape)).toEqual([[ITEMS, 7, 7]]);
  const sizes = [[4, 4], [4, 4], [7, 7]] as const; // prettier-ignore
  const stages = [...walk(multiScaleScales(hostGrid, { sizes }), start, encode(quantiser, features))];
  expect(stages.map(({ codes }) => codes.shape[1])).toEqual([4, 4, 7]);
});

test.each([
  ["no size", []],
  ["a last size that is not the largest", [[2, 2], [1, 4]]], // prettier-ignore
] as const)("%s is refused", (_, sizes) => {
  try {
    multiScaleScales(hostGrid, { sizes });
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});

const tokensOf = (sharing: "shared" | "per-scale") =>
  sharing === "shared" ? [SITES.reduce((a, b) => a + b)] : SITES; // prettier-ignore

test.each(["shared", "per-scale"] as const)(
  "a training step, %s codebooks, runs traced as it does eagerly",
  async (sharing) => {
    const means = sharing === "shared" ? [embedding(1)] : perScale;
    const uniform = new Int32Array(VOCABULARY).fill(1);
    const books =
      sharing === "shared"
        ? [sharedCodebookFromMeans(means[0]!, SITES.map(() => uniform), SITES)] // prettier-ignore
        : means.map((mean, k) => codebookFromMeans(mean, uniform, SITES[k]!));
    const choices = books.map((_, k) => Int32Array.from({ length: VOCABULARY }, (_v, i) => (7 * i + k) % tokensOf(sharing)[k]!)); // prettier-ignore
    const step = (z: tf.Tensor, picks: readonly tf.Tensor[], active: tf.Tensor) => {
      const codebooks = toTensors(books);
      const quantiser = vectorQuantiser(codebooks.map((book) => book.embedding));
      const visits = [...walk(tensorScales(), tf.zeros(z.shape), encode(quantiser, stopGradient(z)))];
      const losses = vqLosses(tf.scalar(0), z, visits.map(({ state }) => state), { codebook: 1, commitment: 0.25 }); // prettier-ignore
      const restart = { threshold: 0.3, choices: picks, active };
      const learned = learnCodebooks(codebooks, visits, { decay: 0.9, restart });
      return {
        losses,
        learned,
        codes: visits.map(({ codes }) => codes),
        out: straightThrough(z, last(visits).state),
      };
    };
    const inputs = {
      z: features,
      active: { shape: [1], data: Float32Array.of(1) },
      ...Object.fromEntries(choices.map((data, k) => [`choices${k}`, { shape: [VOCABULARY], data }])),
    };
    const picksOf = (tensors: Record<string, tf.Tensor>) => choices.map((_, k) => tensors[`choices${k}`]!);
    const traced = await runTraced(inputs, (tensors) => {
      const { losses, learned, codes, out } = step(tensors.z, picksOf(tensors), tensors.active);
      return {
        ...losses,
        codes,
        out,
        hits: learned.hits,
        restarted: learned.restarted,
        embeddings: learned.codebooks.map((book) => book.embedding),
        counts: learned.codebooks.map((book) => book.count),
        gradient: gradients(losses.total, { z: tensors.z }).z,
      };
    });
    const eagerInputs = Object.fromEntries(choices.map((data, k) => [`choices${k}`, tf.tensor1d(data, "int32")]));
    const eager = step(asTensor(features), picksOf(eagerInputs), tf.tensor1d([1]));

    eager.codes.forEach((codes, k) => {
      expect([...traced[`codes/${k}`]!]).toEqual([...codes.dataSync()]);
    });
    const expectClose = (name: string, tensor: tf.Tensor) =>
      tensor.dataSync().forEach((value, i) => {
        expect(traced[name]![i]).toBeCloseTo(value, 4);
      });
    expectClose("total", eager.losses.total);
    expectClose("out", eager.out);
    eager.learned.hits.forEach((hits, k) => expectClose(`hits/${k}`, hits));
    eager.learned.codebooks.forEach((book, k) => {
      expectClose(`embeddings/${k}`, book.embedding);
      expectClose(`counts/${k}`, book.count);
    });
    // Every token is a hit of its scale; a step of this size leaves some codes idle, which are restarted.
    eager.learned.hits.forEach((hits, k) => expect(tf.sum(hits).dataSync()[0]).toBe(SITES[k]));
    const restarted = eager.learned.restarted.map((count) => count.dataSync()[0]!);
    expect(restarted.map((_, k) => traced[`restarted/${k}`]![0])).toEqual(restarted);
    // Only the commitment term reaches the features: 2 beta / (K n) times the sum of the rests.
    const rests = eager.losses.commitment.dataSync()[0]!;
    expect(rests).toBeGreaterThan(0);
    expect(Math.max(...traced["gradient"]!.map(Math.abs))).toBeGreaterThan(0);
  },
);

test("restarts follow the use of each scale", () => {
  const uniform = new Int32Array(VOCABULARY).fill(1);
  const books = perScale.map((mean, k) => codebookFromMeans(mean, uniform, SITES[k]!));
  const quantiser = vectorQuantiser(perScale.map(asTensor));
  const visits = [...walk(tensorScales(), asTensor(start), encode(quantiser, asTensor(features)))];
  const restartsWith = (decay: number) => {
    const choices = books.map(() => tf.zeros([VOCABULARY], "int32"));
    const restart = { threshold: 0.5, choices, active: tf.ones([1]) };
    const { restarted } = learnCodebooks(toTensors(books), visits, { decay, restart });
    return restarted.map((count) => count.dataSync()[0]!);
  };
  // The averages start at even use: one step of a slow average starts nothing anew, not at 1x1 with 3 tokens either.
  expect(restartsWith(0.9)).toEqual([0, 0, 0, 0, 0]);
  // With no memory each batch stands for itself: 3 tokens hit at most 3 of 24 codes.
  expect(restartsWith(0)[0]).toBeGreaterThanOrEqual(21);
});

test("a code of a shared codebook that serves the coarse scale alone is not idle", () => {
  // One token at the coarse scale, 64 at the fine one; of four codes, code 0 is chosen at the coarse scale alone.
  const coarse = { codes: tf.zeros([1, 1], "int32"), residual: tf.zeros([1, 1, CHANNELS]) };
  const fine = {
    codes: tf.tensor2d(Array.from({ length: 64 }, (_, n) => 1 + (n % 2)), [1, 64], "int32"), // prettier-ignore
    residual: tf.ones([1, 64, CHANNELS]),
  };
  const means = hostTensor([4, CHANNELS]);
  const even = new Int32Array(4).fill(1);
  const book = toTensors(sharedCodebookFromMeans(means, [even, even], [1, 64]));
  const choices = [tf.tensor1d([0, 1, 2, 3], "int32")];
  const restart = { threshold: 0.1, choices, active: tf.ones([1]) };
  const { codebooks, restarted } = learnCodebooks([book], [coarse, fine], { decay: 0, restart });
  // Code 3 is used nowhere. Code 0 has one hit of 65, where an average code has 16.
  expect([...restarted[0]!.dataSync()]).toEqual([1]);
  expect(codebooks[0]!.count.arraySync()).toEqual([
    [1, 0, 0, 0.25],
    [0, 32, 32, 16],
  ]);
  // What is learned is the mean over both scales; the restarted code lies on the vector it was moved to.
  const learned = codebooks[0]!.embedding.arraySync() as number[][];
  expect(learned.map(([first]) => first!)).toEqual([0, 1, 1, 1].map((x) => expect.closeTo(x, 4) as number));
  // Control: the same counts over all scales at once make it look idle.
  expect(1).toBeLessThan((restart.threshold * 65) / 4);

  const flat = { ...book, count: tf.sum(book.count, 0) };
  expect(() => learnCodebooks([flat], [coarse, fine], { decay: 0, restart })).toThrow(/counts \[2,4\]/);
});

test("replacements of a shared codebook come from all scales alike", () => {
  const tokens = [2, 8, 90];
  const drawn = sharedRestartChoices(randomStream(1, "restart"), 5, tokens, 3000);
  const shares = [drawn.filter((row) => row < 2), drawn.filter((row) => row >= 2 && row < 10), drawn.filter((row) => row >= 10)]; // prettier-ignore
  for (const { length } of shares) expect(length / 3000).toBeCloseTo(1 / 3, 1);
  expect(Math.max(...drawn)).toBeGreaterThan(95);
  expect(Math.max(...drawn)).toBeLessThan(100);
  expect(sharedRestartChoices(randomStream(1, "restart"), 5, tokens, 3000)).toEqual(drawn);
});

test("self-correction and sampling run traced", async () => {
  const strength = 0.5;
  const noise = SIZES.map(([h, w], scale) =>
    codeNoise(randomStream(1, "flips"), { items: ITEMS, scale, sites: h * w, vocabulary: VOCABULARY, strength }),
  );
  const perSite = (data: Int32Array, k: number) => ({ shape: [ITEMS, ...SIZES[k]!], data });
  const inputs = {
    z: features,
    ...Object.fromEntries(noise.map(({ mask }, k) => [`mask${k}`, perSite(mask, k)])),
    ...Object.fromEntries(noise.map(({ replacement }, k) => [`replacement${k}`, perSite(replacement, k)])),
    ...Object.fromEntries(
      SIZES.map(([h, w], k) => {
        const data = gumbels(`gumbel${k}`, SITES[k]! * VOCABULARY);
        return [`gumbel${k}`, { shape: [ITEMS, h, w, VOCABULARY], data }];
      }),
    ),
  };
  const run = (tensors: Record<string, tf.Tensor>) => {
    const quantiser = vectorQuantiser(perScale.map(asTensor));
    const at = (name: string, k: number) => tensors[`${name}${k}`]!;
    const replace = (k: number, codes: tf.Tensor) => selectCodes(at("mask", k), at("replacement", k), codes);
    const policy = corrupted(quantiser, encode(quantiser, tensors["z"]!), replace);
    const wrong = [...walk(tensorScales(), tf.zeros([ITEMS, 7, 7, CHANNELS]), policy)];
    // A toy refiner whose logits are similarities of context and code.
    const predict =
      () =>
      ({ context, index }: { context: tf.Tensor; index: number }) => {
        const [h, w] = SIZES[index]!;
        const rows = tf.matMul(tf.reshape(context, [-1, CHANNELS]), asTensor(perScale[index]!), false, true);
        return tf.reshape(rows, [ITEMS, h, w, VOCABULARY]);
      };
    const draw = (k: number, logits: tf.Tensor) => tf.argMax(tf.add(logits, at("gumbel", k)), -1);
    const sample = [...walk(tensorScales(), tf.zeros([ITEMS, 7, 7, CHANNELS]), sampled(quantiser, predict, draw))];
    return {
      targets: wrong.map(({ targets }) => targets),
      codes: wrong.map(({ codes }) => codes),
      sample: sample.map(({ codes }) => codes),
      state: last(sample).state,
    };
  };
  const traced = await runTraced(inputs, run);
  const eager = run(
    Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => {
        return [name, tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32")];
      }),
    ),
  );
  SIZES.forEach((_, k) => {
    expect([...traced[`targets/${k}`]!]).toEqual([...eager.targets[k]!.dataSync()]);
    expect([...traced[`sample/${k}`]!]).toEqual([...eager.sample[k]!.dataSync()]);
    const flipped = noise[k]!.mask;
    traced[`codes/${k}`]!.forEach((code, i) => {
      expect(code).toBe(flipped[i] ? noise[k]!.replacement[i] : traced[`targets/${k}`]![i]);
    });
  });
  eager.state.dataSync().forEach((value, i) => {
    expect(traced["state"]![i]).toBeCloseTo(value, 4);
  });
});
