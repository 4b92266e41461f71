import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { fitResidualCodebook, normals, randomStream, residualVectorQuantiser } from "../../src/index.js";

const width = 3;
const vectors = normals(randomStream(4, "test/residual-vectors"), { items: 400, draws: width });
const fit = (stages: number, scale = 0) =>
  fitResidualCodebook(vectors.slice(), width, { stages, vocabulary: 8, stream: randomStream(1, "test/fit"), scale });
const tensorOf = ({ shape, data }: ReturnType<typeof fit>["embedding"]) => tf.tensor(data, [...shape]);
const error = (stages: number): number => {
  const x = tf.tensor(vectors, [4, 100, width]);
  const { value } = residualVectorQuantiser([tensorOf(fit(stages).embedding)]).quantise(0, x);
  return tf.mean(tf.square(tf.sub(x, value))).dataSync()[0]!;
};

test("codes lie side by side, embed to their value, and more stages keep more", () => {
  const quantiser = residualVectorQuantiser([tensorOf(fit(2).embedding)]);
  const { codes, value } = quantiser.quantise(0, tf.tensor(vectors, [4, 100, width]));
  expect(codes.shape).toEqual([4, 100, 2]);
  expect(value.shape).toEqual([4, 100, width]);
  expect([...quantiser.embed(0, codes).dataSync()]).toEqual([...value.dataSync()]);
  expect(error(2)).toBeLessThan(0.5 * error(1));
  expect(error(3)).toBeLessThan(error(2));
});

test("stages are k-means of what is left: counts of each add up, and scales have streams of their own", () => {
  const { counts, embedding } = fit(2);
  expect(embedding.shape).toEqual([2, 8, width]);
  for (const stage of [0, 1]) expect(counts.subarray(8 * stage, 8 * stage + 8).reduce((a, b) => a + b)).toBe(400);
  expect(fit(1).embedding.data).toEqual(embedding.data.subarray(0, 8 * width));
  expect(fit(1, 1).embedding.data).not.toEqual(fit(1).embedding.data);
});
