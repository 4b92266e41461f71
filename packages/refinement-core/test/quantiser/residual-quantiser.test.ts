import * as tf from "@tensorflow/tfjs-core";
import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostGrid, tensorGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { residualQuantiser } from "../../src/quantiser/residual-quantiser.js";
import { hostVectorQuantiser, vectorQuantiser } from "../../src/quantiser/vector-quantiser.js";
import { onCpu } from "../support/cpu.js";
import { normals } from "../support/random.js";

onCpu();

const CHANNELS = 2;

/** Random codebooks that contain 0, one for each stage, smaller and smaller. */
const codebooks = (stages: number) =>
  Array.from({ length: stages }, (_, stage) => {
    const data = normals(`stage ${stage}`, 12 * CHANNELS).map((z) => z * 0.6 ** stage);
    return hostTensor([12, CHANNELS], data.fill(0, 0, CHANNELS));
  });
const quantiserOf = (stages: number) =>
  residualQuantiser(codebooks(stages).map((embedding) => hostVectorQuantiser([embedding])), hostGrid); // prettier-ignore
const norms = ({ data }: HostTensor) =>
  Array.from({ length: data.length / CHANNELS }, (_, n) =>
    Math.hypot(...data.subarray(n * CHANNELS, (n + 1) * CHANNELS)),
  );

test("the value is the sum of the stages' values, and what the codes embed to", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(999), (stages, seed) => {
      const residual = hostTensor([3, CHANNELS], normals(`x${seed}`, 3 * CHANNELS));
      const quantiser = quantiserOf(stages);
      const { codes, value } = quantiser.quantise(0, residual);
      expect(codes.length).toBe(stages);
      const parts = codes.map((code, stage) => hostVectorQuantiser([codebooks(stages)[stage]!]).embed(0, code));
      expect(value).toEqual(parts.reduce((sum, part) => hostGrid.add(sum, part)));
      expect(quantiser.embed(0, codes)).toEqual(value);
    }),
  );
});

test("with 0 in every codebook a further stage never makes the rest larger", () => {
  fc.assert(
    fc.property(fc.nat(999), (seed) => {
      const residual = hostTensor([5, CHANNELS], normals(`x${seed}`, 5 * CHANNELS));
      const rests = [1, 2, 3, 4].map((stages) => {
        return norms(hostGrid.subtract(residual, quantiserOf(stages).quantise(0, residual).value));
      });
      rests.forEach((rest, i) =>
        rest.forEach((norm, n) => {
          expect(norm).toBeLessThanOrEqual((i === 0 ? norms(residual) : rests[i - 1]!)[n]! + 1e-6);
        }),
      );
    }),
  );
});

test("on scaled lattices it is positional notation", () => {
  // Three balanced ternary digits: weights 9, 3, 1 and codes -1, 0, 1 for every integer from -13 to 13.
  const stages = [9, 3, 1].map((weight) =>
    hostVectorQuantiser([hostTensor([3, 1], Float32Array.of(-weight, 0, weight))]),
  );
  const quantiser = residualQuantiser(stages, hostGrid);
  const integers = Float32Array.from({ length: 27 }, (_, i) => i - 13);
  const { codes, value } = quantiser.quantise(0, hostTensor([27, 1], integers));
  expect(value.data).toEqual(integers);
  integers.forEach((integer, n) => {
    const digits = codes.map(({ data }) => data[n]! - 1);
    expect(9 * digits[0]! + 3 * digits[1]! + digits[2]!).toBe(integer);
  });
});

test("tensors give the codes of host values", () => {
  const residual = normals("x", 6 * CHANNELS);
  const stages = codebooks(3).map(({ data, shape }) => vectorQuantiser([tf.tensor(data, [...shape])]));
  const onTensors = residualQuantiser(stages, tensorGrid).quantise(0, tf.tensor(residual, [6, CHANNELS]));
  const onHost = quantiserOf(3).quantise(0, hostTensor([6, CHANNELS], residual));
  expect(onTensors.codes.map((codes) => [...codes.dataSync()])).toEqual(onHost.codes.map(({ data }) => [...data]));
});

test("no stages are refused", () => {
  try {
    residualQuantiser([], hostGrid);
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});
