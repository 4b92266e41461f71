import { i32, isNextscaleError, type Engine, type ErrorCode } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import { randomStream, teacherForced, uniforms, traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { imageRefiner, scaleGeometry, type RefinerParameters } from "../../src/generator/generator.js";
import { createImageModel } from "../../src/model/create-image-model.js";
import type { ImageModel, ImageSamples, SampleRequest } from "../../src/model/image-model.js";
import { weightTypes } from "../../src/generator/weights.js";
import { codeTypes, type TokeniserWeights } from "../../src/tokeniser/programs.js";
import { tokeniserWalk, zeroLatents } from "../../src/tokeniser/tokeniser.js";
import { contentOf, largestDifference, randomWeights, runOnce, testEngine, TINY } from "../support/tiny-model.js";

const opened = testEngine();
/** Far from uniform, so that labels, guidance and temperature matter. */
const weights = randomWeights(TINY, { head: 100 });
const sites = scaleGeometry(TINY).map((scale) => scale.sites);
const { vocabulary } = TINY.tokeniser;

let model: ImageModel;
beforeAll(() => {
  model = createImageModel(contentOf(TINY, weights), { engine: opened.engine });
});
afterAll(() => model.close());

const sample = (request: Partial<SampleRequest>) => model.sample({ count: 1, seed: 5, ...request });
const codesOf = (samples: ImageSamples) => samples.codes.map((scale) => Array.from(scale));

/** Sample i of a batch, alone. */
function item({ codes, data, labels, count }: ImageSamples, i: number) {
  return {
    label: labels[i],
    codes: codes.map((scale, k) => Array.from(scale.subarray(i * sites[k]!, (i + 1) * sites[k]!))),
    image: data.subarray((i * data.length) / count, ((i + 1) * data.length) / count),
  };
}

async function refusal(promise: Promise<unknown>): Promise<ErrorCode | "none"> {
  return promise.then(
    () => "none" as const,
    (error: unknown) => (isNextscaleError(error) ? error.code : Promise.reject(error as Error)),
  );
}

test("weights that overflow are the model's fault, which is said", async () => {
  const huge = Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data.map((x) => x * 1e30)]));
  const overflowing = createImageModel(contentOf(TINY, huge), { engine: opened.engine });
  const unusable = { code: "invalid-data", message: expect.stringContaining("its weights are unusable") };
  await expect(overflowing.sample({ count: 1 })).rejects.toMatchObject(unusable);
  const codes = sites.map((count) => new Int32Array(count));
  await expect(overflowing.decode(codes, 1)).rejects.toMatchObject(unusable);
  await overflowing.close();
});

test("sample i is the same in a batch, alone, in a batch of another size and in a shard", async () => {
  const COUNT = 300;
  const whole = await sample({ count: COUNT });
  expect([whole.height, whole.width, whole.channels, whole.count]).toEqual([28, 28, 1, COUNT]);
  const same = (part: ImageSamples, first: number) => {
    for (let i = 0; i < part.count; i++) {
      const [one, other] = [item(part, i), item(whole, first + i)];
      expect([one.label, one.codes]).toEqual([other.label, other.codes]);
      expect(largestDifference(one.image, other.image)).toBeLessThan(1e-6);
    }
  };
  const part = fc.tuple(fc.integer({ min: 0, max: COUNT - 1 }), fc.constantFrom(1, 2, 7, 40)).map(([first, count]) => ({
    first,
    count: Math.min(count, COUNT - first),
  }));
  await fc.assert(
    fc.asyncProperty(part, async ({ first, count }) => same(await sample({ first, count }), first)),
    {
      numRuns: 12,
      seed: 1,
    },
  );
  // Control: another seed, and the neighbour, are other samples.
  expect(codesOf(await sample({ count: COUNT, seed: 6 }))).not.toEqual(codesOf(whole));
  expect(item(whole, 20).codes).not.toEqual(item(whole, 30).codes);
});

test("guided and truncated samples do not depend on their batch either", async () => {
  const options = { guidanceScale: 3, temperature: [1, 0.8, 0.9], topK: 9, topP: 0.9 };
  const whole = await sample({ count: 24, ...options });
  expect(item(await sample({ first: 17, ...options }), 0)).toMatchObject({ codes: item(whole, 17).codes });
});

test("classes come in turn, all alike, or as listed; and matter", async () => {
  expect(Array.from((await sample({ count: 12, first: 8 })).labels)).toEqual([8, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(Array.from((await sample({ count: 3, label: 7 })).labels)).toEqual([7, 7, 7]);
  const listed = await sample({ count: 3, label: [4, 10, 0] });
  expect(Array.from(listed.labels)).toEqual([4, 10, 0]);
  expect(item(await sample({ count: 3, label: 4 }), 0).codes).toEqual(item(listed, 0).codes);
  expect(codesOf(await sample({ count: 40, label: 1 }))).not.toEqual(codesOf(await sample({ count: 40, label: 2 })));
});

test("temperature 0, top-k 1 and top-p 0 each take the most probable code, whatever the seed", async () => {
  const greedy = codesOf(await sample({ count: 20, temperature: 0 }));
  expect(codesOf(await sample({ count: 20, temperature: 0, seed: 6 }))).toEqual(greedy);
  expect(codesOf(await sample({ count: 20, topK: 1, seed: 7 }))).toEqual(greedy);
  expect(codesOf(await sample({ count: 20, topP: 0, seed: 8 }))).toEqual(greedy);
  expect(codesOf(await sample({ count: 20 }))).not.toEqual(greedy);
});

test("guidance changes samples of a class, not those of no class, and costs two evaluations a scale", async () => {
  const guided = { guidanceScale: 4, guidanceRamp: "constant" } as const;
  expect(codesOf(await sample({ count: 40, ...guided }))).not.toEqual(codesOf(await sample({ count: 40 })));
  const none = codesOf(await sample({ count: 40, label: 10 }));
  expect(codesOf(await sample({ count: 40, label: 10, ...guided }))).toEqual(none);
  expect(model.networkEvaluations()).toBe(3);
  expect(model.networkEvaluations({ guidanceScale: 1, temperature: 0.5 })).toBe(3);
  expect(model.networkEvaluations(guided)).toBe(6);
});

test("the last of the decoded scales is the sampled image, and its decoding", async () => {
  const samples = await sample({ count: 9 });
  const scales = await model.decodeScales(samples.codes, 9);
  expect(scales).toHaveLength(sites.length);
  expect(largestDifference(scales.at(-1)!.data, samples.data)).toBeLessThan(1e-6);
  expect(largestDifference((await model.decode(samples.codes, 9)).data, samples.data)).toBeLessThan(1e-6);
  expect(largestDifference(scales[0]!.data, samples.data)).toBeGreaterThan(1e-3);
});

test("reconstruction is decoding of what was encoded", async () => {
  const images = {
    data: uniforms(randomStream(1, "images"), { draws: 5 * 784 }),
    count: 5,
    height: 28,
    width: 28,
    channels: 1,
  };
  const codes = await model.encode(images);
  expect(codes.map(({ length }) => length)).toEqual(sites.map((count) => 5 * count));
  expect((await model.reconstruct(images)).data).toEqual((await model.decode(codes, 5)).data);
  // Images are encoded alike in any batch.
  const last = await model.encode({ ...images, count: 1, data: images.data.subarray(4 * 784) });
  last.forEach((scale, k) => expect(scale).toEqual(codes[k]!.subarray(4 * sites[k]!)));
});

test("the score is what the logits say", async () => {
  const COUNT = 6;
  const labels = [0, 3, 10, 9, 5, 5];
  const { codes } = await sample({ count: COUNT });
  const types = weightTypes(TINY);
  const program = traceTyped<
    TokeniserWeights & {
      readonly refiner: RefinerParameters;
      readonly codes: readonly tf.Tensor[];
      readonly labels: tf.Tensor;
    }
  >(
    { ...types, codes: codeTypes(TINY, COUNT), labels: i32(COUNT) },
    ({ tokeniser, embeddings, refiner: params, ...inputs }) => {
      const parts = { refiner: imageRefiner(TINY), ...tokeniserWalk(TINY, tokeniser.phi, embeddings) };
      return { logits: teacherForced(parts, { params, start: zeroLatents(TINY, COUNT), ...inputs }) };
    },
  );
  const inputs = Object.fromEntries(codes.map((scale, k) => [`codes/${k}`, scale] as const));
  const { logits } = await runOnce(opened.engine, program, weights, { ...inputs, labels: Int32Array.from(labels) });
  const score = await model.score(codes, labels);
  const all = sites.reduce((a, b) => a + b);
  for (let image = 0; image < COUNT; image++) {
    let site = image * all;
    sites.forEach((count, k) => {
      let nats = 0;
      for (let i = 0; i < count; i++, site++) {
        const row = Array.from(logits!.subarray(site * vocabulary, (site + 1) * vocabulary));
        const top = Math.max(...row);
        const total = row.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
        const code = codes[k]![image * count + i]!;
        nats -= row[code]! - top - Math.log(total);
        expect(score.confidence[site]).toBeCloseTo(1 / total, 4);
        expect(score.correct[site]).toBe(Number(row.indexOf(top) === code));
      }
      expect(score.nats[image * sites.length + k]).toBeCloseTo(nats, 3);
    });
  }
  // Control: the class matters.
  expect(
    largestDifference(
      (
        await model.score(
          codes,
          labels.map(() => 1),
        )
      ).nats,
      score.nats,
    ),
  ).toBeGreaterThan(1e-2);
});

test("an untrained model's score is near ln V a code", async () => {
  const untrained = createImageModel(contentOf(TINY, randomWeights(TINY)), { engine: opened.engine });
  const { codes, labels } = await untrained.sample({ count: 8, seed: 1 });
  const { nats } = await untrained.score(codes, labels);
  nats.forEach((value, i) => {
    const each = value / sites[i % sites.length]!;
    expect(Math.abs(each - Math.log(vocabulary))).toBeLessThan(0.05);
  });
  await untrained.close();
});

test("what cannot be sampled, encoded, decoded or scored is refused before anything is computed", async () => {
  const { codes } = await sample({ count: 2 });
  const image = { data: new Float32Array(784), count: 1, height: 28, width: 28, channels: 1 };
  const withCode = (code: number) => codes.map((scale) => scale.map((old, i) => (i === 0 ? code : old)));
  const cases: [ErrorCode, Promise<unknown>][] = [
    ["invalid-argument", sample({ count: 0 })],
    ["invalid-argument", sample({ count: 1.5 })],
    ["invalid-argument", sample({ count: NaN })],
    ["invalid-argument", sample({ count: 1e12 })],
    ["invalid-argument", sample({ first: -1, label: 1 })],
    ["invalid-argument", sample({ seed: -1 })],
    ["invalid-argument", sample({ label: 11 })],
    ["invalid-argument", sample({ label: -1 })],
    ["invalid-argument", sample({ label: 0.5 })],
    ["invalid-argument", sample({ count: 3, label: [1, 2] })],
    ["invalid-argument", sample({ temperature: -1 })],
    ["invalid-argument", sample({ temperature: [1, 1] })],
    ["invalid-argument", sample({ topK: 0 })],
    ["invalid-argument", sample({ topP: NaN })],
    ["shape", model.encode({ ...image, width: 14 })],
    ["shape", model.encode({ ...image, channels: 3 })],
    ["shape", model.encode({ ...image, count: 0, data: new Float32Array(0) })],
    ["shape", model.encode({ ...image, count: 2 })],
    ["invalid-data", model.encode({ ...image, data: image.data.map((_, i) => (i === 9 ? NaN : 0)) })],
    ["shape", model.decode(codes, 3)],
    ["shape", model.decode(codes.slice(1), 2)],
    ["shape", model.decode([], 0)],
    ["shape", model.decode(withCode(vocabulary), 2)],
    ["shape", model.decodeScales(withCode(-1), 2)],
    ["shape", model.score(codes, [1])],
    ["shape", model.score([], [])],
    ["invalid-argument", model.score(codes, [1, 11])],
  ];
  for (const [i, [code, promise]] of cases.entries()) expect([i, await refusal(promise)]).toEqual([i, code]);
});

/** What plain JavaScript may pass: the call, what its message must name, and the code if it is not `invalid-argument`. */
const wrongCalls: [string, (model: Loose) => Promise<unknown>, RegExp, ErrorCode?][] = [
  ["no request", (m) => m.sample(), /the options/],
  ["request null", (m) => m.sample(null), /the options.*null/],
  ["no count", (m) => m.sample({}), /count.*undefined/],
  ...(
    [
      ["count", [null, "1", [1], Symbol("one"), 1n]],
      ["seed", [null, "1", {}]],
      [
        "label",
        [null, "1", () => 1, {}, true, [undefined], new Array(1), [null], ["0"], [Symbol("one")], { length: 1 }],
      ],
      ["first", [null, -1, NaN, 1.5, Infinity, "3", 2 ** 40]],
      ["temperature", [null, "1", "abc", new Array(3), [1, 1, "1"], [1, 1, undefined], {}, () => 1]],
      ["guidanceScale", [null, "1", [1], NaN]],
      ["guidanceRamp", [null, "nosuch", 5, "Constant", "toString"]],
      ["topK", [null, "1", 1.5, [1, 2, 2.5]]],
      ["topP", [null, "1", [0, 0, 2]]],
      ["signal", [null, 5, {}]],
      ["onProgress", [null, 5, {}]],
      ["temprature", [1, undefined]],
    ] as const
  ).flatMap(([name, values]) =>
    values.map((value, i): (typeof wrongCalls)[number] => [
      `${name}, ${i}`,
      (m) => m.sample({ count: 1, [name]: value }),
      new RegExp(`expected.*${name}`),
    ]),
  ),
  ["label with a hole", (m) => m.sample({ count: 2, label: [undefined, 3] }), /label of image 0.*undefined/],
  ["encode()", (m) => m.encode(), /images/],
  ["encode({})", (m) => m.encode({}), /images/],
  ["encode a plain array", (m) => m.encode({ ...BLACK, data: new Array(784).fill(0) }), /Float32Array/],
  ["encode bytes", (m) => m.encode({ ...BLACK, data: BLACK.data.map(() => 255) }), /from 0.*255/, "invalid-data"],
  ["encode below 0", (m) => m.encode({ ...BLACK, data: BLACK.data.map(() => -1) }), /from 0.*-1/, "invalid-data"],
  ["reconstruct(null)", (m) => m.reconstruct(null), /images/],
  ["decode()", (m) => m.decode(), /codes/],
  ["decode plain arrays", (m) => m.decode([[0], [0, 0, 0, 0], new Array(25).fill(0)], 1), /Int32Array/],
  ["decode without a count", (m) => m.decode(sites.map((n) => new Int32Array(n))), /count.*undefined/],
  ["decodeScales({})", (m) => m.decodeScales({}), /codes/],
  ["score()", (m) => m.score(), /labels/],
  ["score without labels", (m) => m.score(sites.map((n) => new Int32Array(n))), /labels/],
  ["score of a text", (m) => m.score([], "a"), /labels/],
];
type Loose = Readonly<Record<"sample" | "encode" | "reconstruct" | "decode" | "decodeScales" | "score", (...args: unknown[]) => Promise<unknown>>>; // prettier-ignore
const BLACK = { data: new Float32Array(784), count: 1, height: 28, width: 28, channels: 1 };

test.each(wrongCalls)(
  "a wrong argument is refused by name: %s",
  async (_, call, message, code = "invalid-argument") => {
    await expect(call(model as unknown as Loose)).rejects.toMatchObject({ name: "NextscaleError", code });
    await expect(call(model as unknown as Loose)).rejects.toThrow(message);
  },
);

test("an unknown option is refused with the known ones; one that is undefined is left out", async () => {
  const unknown = { count: 1, temprature: 0.5 } as SampleRequest;
  await expect(model.sample(unknown)).rejects.toThrow(/count, .*first, .*temperature.*got "temprature"/);
  expect(() => model.networkEvaluations(unknown as object)).toThrow(/temperature.*got "count"/);
  expect(() => model.networkEvaluations(null as never)).toThrow(/the options/);
  const left = { seed: undefined, label: undefined, first: undefined, signal: undefined, temperature: undefined };
  const request = { count: 2, ...left } as unknown as SampleRequest;
  expect(codesOf(await model.sample(request))).toEqual(codesOf(await sample({ count: 2, seed: 0 })));
});

test("pixels beside 0 and 1 by rounding are encoded, and labels may be a typed array", async () => {
  const white = { ...BLACK, data: BLACK.data.map(() => 1 + 1e-6) };
  expect(await model.encode(white)).toHaveLength(sites.length);
  const label = Int32Array.of(3, 4) as unknown as readonly number[];
  expect(Array.from((await sample({ count: 2, label })).labels)).toEqual([3, 4]);
});

test("a signal stops sampling between batches, also one from a timer", async () => {
  expect(await refusal(sample({ count: 4, signal: AbortSignal.abort() }))).toBe("interrupted");
  let done = 0;
  const onProgress = (count: number) => (done = count);
  // Much longer than the timer: the loop must let it fire.
  const stopped = sample({ count: 100_000, signal: AbortSignal.timeout(20), onProgress });
  expect(await refusal(stopped)).toBe("interrupted");
  expect(done).toBeLessThan(50_000);
  const seen: number[] = [];
  await sample({ count: 300, onProgress: (count, total) => seen.push(count, total) });
  expect(seen.slice(-2)).toEqual([300, 300]);
});

test("closing waits for whole calls, refuses new ones, and frees an engine of its own once", async () => {
  const engine = await openEngine(undefined, { threads: 1 });
  let closed = 0;
  const counted: Engine = {
    ...engine,
    name: engine.name,
    compile: (program, options) => engine.compile(program, options),
    close: () => {
      closed++;
      return engine.close();
    },
  };
  const other = createImageModel(contentOf(TINY, weights), { engine: counted, ownsEngine: true });
  let batches = 0;
  const image = { data: new Float32Array(784), count: 1, height: 28, width: 28, channels: 1 };
  const whole = other.sample({ count: 600, seed: 5, onProgress: () => batches++ });
  // Two programs one after the other: closing must not come between them.
  const back = other.reconstruct(image);
  const first = other.close();
  const second = other.close();
  expect(await refusal(other.sample({ count: 1 }))).toBe("invalid-argument");
  expect(closed).toBe(0);
  await second;
  expect([batches, closed]).toEqual([3, 1]);
  expect((await whole).count).toBe(600);
  expect((await back).count).toBe(1);
  await Promise.all([first, other.close()]);
  expect(closed).toBe(1);
});

test("calls may overlap; a closed model is closed for good, twice", async () => {
  const other = createImageModel(contentOf(TINY, weights), { engine: opened.engine });
  const both = await Promise.all([other.sample({ count: 3, seed: 5 }), other.sample({ count: 3, seed: 6 })]);
  expect(codesOf(both[0])).toEqual(codesOf(await sample({ count: 3 })));
  expect(codesOf(both[1])).toEqual(codesOf(await sample({ count: 3, seed: 6 })));
  await Promise.all([other.close(), other.close()]);
  await other.close();
  expect(await refusal(other.sample({ count: 1, seed: 1 }))).toBe("invalid-argument");
  // The engine is not its own: another model goes on.
  expect((await sample({ count: 1 })).count).toBe(1);
});
