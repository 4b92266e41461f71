import { expect, test } from "vitest";
import { guided } from "../../src/sampling/guided.js";
import type { LevelLogits } from "../../src/sampling/reveal.js";

const logits = (...values: number[]): LevelLogits => ({
  splits: Float32Array.from(values),
  patterns: Float32Array.from(values, (v) => v - 1),
});
const [open, told] = [logits(0, 1, -1e9), logits(2, 0.5, -1e9)];
const at = (scale: number) =>
  guided(
    () => Promise.resolve(told),
    () => Promise.resolve(open),
    scale,
  )(undefined as never);

test("guidance 0 forgets what is asked for, 1 is what the network says, 2 goes as far beyond", async () => {
  expect(await at(0)).toEqual(open);
  expect(await at(1)).toEqual(told);
  expect((await at(2)).splits.slice(0, 2)).toEqual(Float32Array.of(4, 0));
});

test("what cannot be stays impossible", async () => {
  expect((await at(50)).splits[2]).toBeLessThan(-1e8);
});
