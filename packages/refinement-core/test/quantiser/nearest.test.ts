import * as tf from "@tensorflow/tfjs-core";
import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { nearestCodes, nearestHostCodes } from "../../src/quantiser/nearest.js";
import { hostVectorQuantiser, vectorQuantiser } from "../../src/quantiser/vector-quantiser.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";

onCpu();

const CHANNELS = 4;
const tensorOf = ({ data, shape }: HostTensor) => tf.tensor(data, [...shape]);
const embeddingOf = (vocabulary: number, name = "embedding") =>
  hostTensor([vocabulary, CHANNELS], normals(name, vocabulary * CHANNELS));

function squaredDistance(embedding: HostTensor, code: number, vectors: Float32Array, n: number): number {
  let sum = 0;
  for (let c = 0; c < CHANNELS; c++) {
    sum += (vectors[n * CHANNELS + c]! - embedding.data[code * CHANNELS + c]!) ** 2;
  }
  return sum;
}

test("no code is nearer than the one that is chosen, on the host and on tensors", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(99),
      (vocabulary, count, seed) => {
        const embedding = embeddingOf(vocabulary, `e${seed}`);
        const vectors = normals(`x${seed}`, count * CHANNELS);
        const onTensors = nearestCodes(tensorOf(embedding), tf.tensor2d(vectors, [count, CHANNELS])).dataSync();
        const onHost = nearestHostCodes(embedding, vectors);
        for (let n = 0; n < count; n++) {
          const distances = Array.from({ length: vocabulary }, (_, code) =>
            squaredDistance(embedding, code, vectors, n),
          );
          // Distances are compared, not codes: near a tie float32 and float64 may choose differently.
          for (const code of [onTensors[n]!, onHost[n]!]) {
            expect(distances[code]! - Math.min(...distances)).toBeLessThan(1e-5);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

test("control: far from the origin the distance with |x|^2 in float32 would not tell codes apart", () => {
  const far = 4096;
  const withSquare = (e: number) => Math.fround(Math.fround(far * far + e * e) - Math.fround(2 * far * e));
  expect(withSquare(0.25)).toBe(withSquare(0.25001));
  const codes = nearestCodes(tf.tensor2d([[0.25], [0.5]]), tf.tensor2d([[far]]));
  expect(codes.dataSync()[0]).toBe(1);
});

test("ties go to the lowest index", () => {
  const twice = hostTensor([4, 1], Float32Array.from([1, -1, 1, -1]));
  expect([...nearestHostCodes(twice, Float32Array.from([2, -2, 0]))]).toEqual([0, 1, 0]);
  expect([...nearestCodes(tensorOf(twice), tf.tensor2d([[2], [-2], [0]])).dataSync()]).toEqual([0, 1, 0]);
});

test("the value is what the codes embed to, in the shape of the residual", () => {
  const [embedding, residual] = [embeddingOf(8), hostTensor([2, 3, 5, CHANNELS], normals("r", 30 * CHANNELS))];
  const host = hostVectorQuantiser([embedding]);
  const onHost = host.quantise(3, residual);
  expect(onHost.codes.shape).toEqual([2, 3, 5]);
  expect(onHost.value.shape).toEqual(residual.shape);
  expect(host.embed(3, onHost.codes)).toEqual(onHost.value);
  const tensors = vectorQuantiser([tensorOf(embedding)]);
  const onTensors = tensors.quantise(3, tensorOf(residual));
  expect(onTensors.codes.dtype).toBe("int32");
  expect([...onTensors.codes.dataSync()]).toEqual([...onHost.codes.data]);
  expect(onTensors.value.dataSync()).toEqual(onHost.value.data);
  expect(tensors.embed(3, onTensors.codes).dataSync()).toEqual(onHost.value.data);
});

test("each scale can have a codebook of its own", () => {
  const quantiser = hostVectorQuantiser([embeddingOf(4, "coarse"), embeddingOf(9, "fine")]);
  const codes = { shape: [1], data: Int32Array.of(3) };
  expect(quantiser.embed(0, codes).data).toEqual(embeddingOf(4, "coarse").data.slice(12, 16));
  expect(quantiser.embed(1, codes).data).toEqual(embeddingOf(9, "fine").data.slice(12, 16));
});

test.each([
  [
    "a scale without codebook",
    () => hostVectorQuantiser([embeddingOf(2), embeddingOf(2)]).embed(2, { shape: [0], data: new Int32Array(0) }),
  ],
  ["no codebook at all", () => hostVectorQuantiser([]).embed(0, { shape: [0], data: new Int32Array(0) })],
  ["other channels, host", () => hostVectorQuantiser([embeddingOf(2)]).quantise(0, hostTensor([2, 3]))],
  ["other channels, tensors", () => vectorQuantiser([tensorOf(embeddingOf(2))]).quantise(0, tf.zeros([2, 3]))],
])("%s is refused", (_, act) => {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(isNextscaleError(thrown, "shape")).toBe(true);
});
