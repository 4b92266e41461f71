import { evaluateProgram, f32, type NamedArrays } from "@nextscale/engine";
import {
  normals,
  parameterArrays,
  parameterNormals,
  parameterTypes,
  randomStream,
  traceTyped,
  type HostTensor,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { graphModelSchema } from "../../src/config/config.js";
import { erfc } from "../../src/metrics/erfc.js";
import { denseFrom } from "../../src/refiner/dense.js";
import { initPairMessages, pairMessages, type PairMessageParameters } from "../../src/refiner/pair-messages.js";
import { tinyRefiner } from "../support/refiner.js";

const [NODES, FEATURES, WIDTH] = [5, 3, 4];
const settings = { rounds: 2, width: WIDTH };
const initial = initPairMessages(settings, FEATURES, denseFrom(parameterNormals(1)));

/** A symmetric matrix of a function of two nodes. */
const symmetric = (of: (u: number, v: number) => number) =>
  Array.from({ length: NODES }, (_, u) => Array.from({ length: NODES }, (__, v) => of(Math.min(u, v), Math.max(u, v))));

const random = normals(randomStream(2, "test"), { items: { first: 0, count: NODES * NODES }, draws: FEATURES });
const features = symmetric((u, v) => u * NODES + v).map((row) => row.map((at) => Array.from(random.subarray(at * FEATURES, (at + 1) * FEATURES)))); // prettier-ignore
const path = symmetric((u, v) => Number(v === u + 1));

function traced(present: readonly (readonly number[])[]): Float32Array {
  const types = {
    messages: parameterTypes(initial),
    features: f32(NODES * NODES, FEATURES),
    present: f32(1, NODES, NODES),
  };
  type Inputs = { readonly messages: PairMessageParameters; readonly features: tf.Tensor; readonly present: tf.Tensor };
  const program = traceTyped<Inputs>(types, (inputs) => ({
    out: pairMessages(inputs.messages, inputs.features, inputs.present),
  }));
  const arrays: NamedArrays = {
    ...parameterArrays(initial, "messages"),
    features: Float32Array.from(features.flat(2)),
    present: Float32Array.from(present.flat()),
  };
  return (evaluateProgram(program, arrays) as unknown as NamedArrays)["out"] as Float32Array;
}

type Rows = number[][][];
const affine = ({ weight, bias }: { readonly weight: HostTensor; readonly bias: HostTensor }, x: readonly number[]) =>
  Array.from(bias.data, (b, j) => x.reduce((sum, value, i) => sum + value * weight.data[i * bias.data.length + j]!, b));
const gelu = (x: number) => (x / 2) * erfc(-x / Math.SQRT2);
const normalised = (x: readonly number[]) => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
  return x.map((value) => (value - mean) / Math.sqrt(variance + 1e-6));
};

/** The rounds written out: for each pair, over all third nodes. */
function writtenOut(present: readonly (readonly number[])[]): Rows {
  let x: Rows = features.map((row) => row.map((f) => affine(initial.embed, f).map(gelu)));
  for (const { left, right, mix } of initial.rounds) {
    const known = x.map((row) => row.map(normalised));
    x = x.map((row, u) =>
      row.map((own, v) => {
        const heard = own.map((_, c) => {
          let sum = 0;
          for (let w = 0; w < NODES; w++) {
            if (present[u]![w] === 0 || present[w]![v] === 0) continue;
            const through = (a: number, b: number) =>
              affine(left, known[a]![w]!)[c]! * affine(right, known[w]![b]!)[c]!;
            sum += through(u, v) + through(v, u);
          }
          return sum / 4;
        });
        const said = affine(mix, [...known[u]![v]!, ...heard]).map(gelu);
        return own.map((value, c) => value + said[c]!);
      }),
    );
  }
  return x;
}

describe("messages between pairs", () => {
  test.each([
    ["a path", path],
    ["all pairs", symmetric((u, v) => Number(u !== v))],
    ["no pairs", symmetric(() => 0)],
  ])("add up what two edges of a triangle say of the third: %s", (_, present) => {
    const expected = writtenOut(present).flat(2);
    const worst = traced(present).reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    expect(worst).toBeLessThan(1e-5);
  });

  test("control: what is said of a pair depends on third nodes", () => {
    const [few, all] = [traced(path), traced(symmetric((u, v) => Number(u !== v)))];
    expect(Math.max(...few.map((value, i) => Math.abs(value - all[i]!)))).toBeGreaterThan(0.01);
  });

  test("are not for networks that do not look at all pairs", () => {
    const { config } = tinyRefiner().coding;
    const messages = { rounds: 1, width: 4 };
    expect(graphModelSchema.safeParse({ ...config, network: { ...config.network, messages } }).success).toBe(true);
    const both = { ...config, network: { ...config.network, messages, summaries: 2 } };
    expect(graphModelSchema.safeParse(both).error?.issues[0]?.message).toMatch(/either messages/);
  });
});
