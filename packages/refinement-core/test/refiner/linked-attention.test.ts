import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { FORBIDDEN } from "../../src/refiner/attention.js";
import { linkedMab } from "../../src/refiner/linked-attention.js";
import { initialiser, parameterNormals } from "../../src/refiner/parameters.js";
import { mab } from "../../src/refiner/set-transformer.js";
import { onCpu } from "../support/cpu.js";
import { largestDifference, randomTensor, toTensors } from "../support/tensors.js";

onCpu();

const [ITEMS, COUNT, WIDTH, HEADS, SUMMARIES] = [2, 5, 8, 2, 3];
const shape = { width: WIDTH, heads: HEADS, hidden: 12 };
const dense = mab(shape);
const params = toTensors(dense.init(initialiser(parameterNormals(1))));
const x = randomTensor("x", [ITEMS, COUNT, WIDTH]);
const pairBias = randomTensor("pairs", [ITEMS, HEADS, COUNT, COUNT]);
const summary = randomTensor("summary", [ITEMS, SUMMARIES, WIDTH]);

/** Links of both items where `isLinked`, and some padding, with their biases. */
function linksWhere(isLinked: (query: number, key: number) => boolean) {
  const all = [0, 1].flatMap(
    (item) =>
    [0, 1, 2, 3, 4].flatMap((query) => [0, 1, 2, 3, 4].flatMap((key) => (isLinked(query, key) ? [{ item, query, key }] : []))), // prettier-ignore
  );
  const biases = pairBias.arraySync() as number[][][][];
  const bias = all.map(({ item, query, key }) => [0, 1].map((head) => biases[item]![head]![query]![key]!));
  const padding = 4;
  return {
    links: {
      from: tf.tensor1d(
        [...all.map(({ item, key }) => item * COUNT + key), ...Array<number>(padding).fill(0)],
        "int32",
      ),
      to: tf.tensor1d([...all.map(({ item, query }) => item * COUNT + query), ...Array<number>(padding).fill(-1)], "int32"), // prettier-ignore
    },
    bias: tf.tensor2d([...bias, ...Array.from({ length: padding }, () => [9, 9])], [all.length + padding, HEADS]),
  };
}

const cases: [string, (query: number, key: number) => boolean][] = [
  ["all pairs", () => true],
  ["some pairs", (query, key) => query === key || (query + key) % 3 === 0],
  ["each with itself", (query, key) => query === key],
];

describe.each(cases)("attention over %s", (_, isLinked) => {
  const { links, bias } = linksWhere(isLinked);
  const forbidden = tf.tensor4d(
    [[0, 1, 2, 3, 4].map((query) => [0, 1, 2, 3, 4].map((key) => (isLinked(query, key) ? 0 : FORBIDDEN)))].map((m) => [m]), // prettier-ignore
  );

  test("is the dense one where all others are forbidden", () => {
    const expected = dense.apply(params, x, x, { pairBias: tf.add(pairBias, forbidden) });
    expect(largestDifference(linkedMab(shape)(params, x, links, { bias }), expected)).toBeLessThan(1e-5);
  });

  test("takes a summary as elements that all are linked with", () => {
    const more = tf.zeros([ITEMS, HEADS, COUNT, SUMMARIES]);
    const expected = dense.apply(params, x, tf.concat([x, summary], 1), {
      pairBias: tf.concat([tf.add(pairBias, forbidden), more], 3),
    });
    const found = linkedMab(shape)(params, x, links, { bias, summary });
    expect(largestDifference(found, expected)).toBeLessThan(1e-5);
    expect(largestDifference(linkedMab(shape)(params, x, links, { bias }), found)).toBeGreaterThan(1e-3);
  });
});
