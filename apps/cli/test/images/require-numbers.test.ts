import { expect, test } from "vitest";
import { requireNumbers } from "../../src/images/require-numbers.js";

test("pixels that are no numbers are the model's, which is named", () => {
  requireNumbers({ data: Float32Array.of(0, 1, -0.5, 2), count: 2 }, "mine");
  for (const value of [NaN, Infinity, -Infinity]) {
    expect(() => requireNumbers({ data: Float32Array.of(0, 1, value, NaN), count: 2 }, "mine")).toThrow(
      `images sample: expected pixels that are numbers from the model mine, got ${value} in image 1 of 2; the model's weights are unusable: train it anew or fetch it again`,
    );
  }
});
