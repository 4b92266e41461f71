import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { fitProductCodebook, kMeans, productQuantiser, randomStream, vectorQuantiser } from "../../src/index.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";
import { runTraced } from "../support/run-traced.js";
import { randomTensor } from "../support/tensors.js";

onCpu();

const [PARTS, VOCABULARY, CHANNELS] = [4, 7, 3];
const WIDTH = PARTS * CHANNELS;
const embedding = () => randomTensor("product embedding", [PARTS, VOCABULARY, CHANNELS]);

test("each part is quantised by its own codebook, as vector quantisers do", () => {
  const x = randomTensor("product values", [5, 2, WIDTH]);
  const { codes, value } = productQuantiser([embedding()]).quantise(0, x);
  expect(codes.shape).toEqual([5, 2, PARTS]);
  expect(codes.dtype).toBe("int32");
  for (let part = 0; part < PARTS; part++) {
    const own = tf.slice(x, [0, 0, part * CHANNELS], [5, 2, CHANNELS]);
    const alone = vectorQuantiser([tf.reshape(tf.slice(embedding(), [part, 0, 0], [1, VOCABULARY, CHANNELS]), [VOCABULARY, CHANNELS])]).quantise(0, own); // prettier-ignore
    expect([...tf.slice(codes, [0, 0, part], [5, 2, 1]).dataSync()]).toEqual([...alone.codes.dataSync()]);
    expect(tf.slice(value, [0, 0, part * CHANNELS], [5, 2, CHANNELS]).dataSync()).toEqual(alone.value.dataSync());
  }
});

test("one part is vector quantisation, and a value is its own codes' value", () => {
  const x = randomTensor("product values", [20, CHANNELS]);
  const one = tf.slice(embedding(), [0, 0, 0], [1, VOCABULARY, CHANNELS]);
  const whole = productQuantiser([one]).quantise(0, x);
  const plain = vectorQuantiser([tf.reshape(one, [VOCABULARY, CHANNELS])]).quantise(0, x);
  expect(whole.value.dataSync()).toEqual(plain.value.dataSync());
  expect(productQuantiser([one]).quantise(0, whole.value).codes.dataSync()).toEqual(whole.codes.dataSync());
});

test("is the same in a trace", async () => {
  const x = normals("product trace", 6 * WIDTH);
  const e = normals("product embedding", PARTS * VOCABULARY * CHANNELS);
  const traced = await runTraced(
    { x: { shape: [6, WIDTH], data: x }, e: { shape: [PARTS, VOCABULARY, CHANNELS], data: e } },
    (inputs) => productQuantiser([inputs.e]).quantise(0, inputs.x) as unknown as Record<string, tf.Tensor>,
  );
  const { codes, value } = productQuantiser([embedding()]).quantise(0, tf.tensor2d(x, [6, WIDTH]));
  expect([...traced["codes"]!]).toEqual([...codes.dataSync()]);
  expect([...traced["value"]!]).toEqual([...value.dataSync()]);
});

test("codebooks that are fitted leave less than one of as many codes for whole vectors, and less with more parts", () => {
  const [count, width, vocabulary] = [600, 8, 16];
  const vectors = normals("product fit", count * width);
  const x = tf.tensor2d(vectors, [count, width]);
  const left = (parts: number) => {
    const { shape, data } = fitProductCodebook(vectors, width, { parts, vocabulary, stream: randomStream(1, "fit") });
    expect(shape).toEqual([parts, vocabulary, width / parts]);
    const { value } = productQuantiser([tf.tensor(data, [...shape])]).quantise(0, x);
    return tf.mean(tf.square(tf.sub(x, value))).dataSync()[0]!;
  };
  const errors = [1, 2, 4, 8].map(left);
  errors.slice(1).forEach((error, i) => expect(error).toBeLessThan(0.8 * errors[i]!));
  const { distortions } = kMeans(vectors, width, { vocabulary, stream: randomStream(1, "fit"), address: { item: 0 } });
  expect(errors[0]! / (distortions.at(-1)! / width)).toBeCloseTo(1, 4);
});

test("vectors that cannot be cut so are refused", () => {
  expect(() => productQuantiser([embedding()]).quantise(0, tf.zeros([2, WIDTH + 1]))).toThrow(expect.objectContaining({ code: "shape" })); // prettier-ignore
  expect(() => fitProductCodebook(new Float32Array(20), 10, { parts: 3, vocabulary: 2, stream: randomStream(1, "fit") })).toThrow(/all parts together/); // prettier-ignore
});
