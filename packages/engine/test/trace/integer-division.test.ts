import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { i32, trace } from "@nextscale/engine";
import { evaluateProgram } from "../../src/reference/evaluate.js";

test("integers divide down and leave remainders with the divisor's sign, as in tfjs", () => {
  const program = trace(
    ({ a, b }) => ({ quotient: tf.floorDiv(a, b), alsoQuotient: tf.div(a, b), remainder: tf.mod(a, b) }),
    { a: i32(4), b: i32(4) },
  );
  const result = evaluateProgram(program, { a: Float64Array.of(7, -7, 7, -7), b: Float64Array.of(2, 2, -2, -2) });
  expect([...result["quotient"]!]).toEqual([3, -4, -4, 3]);
  expect([...result["alsoQuotient"]!]).toEqual([3, -4, -4, 3]);
  expect([...result["remainder"]!]).toEqual([1, 1, -1, -1]);
});
