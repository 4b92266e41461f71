import { f32, type Engine } from "@nextscale/engine";
import { sliceItems, traceTyped } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";

/** Items of one run of the program. */
const BATCH = 250;

/**
 * What is known before each scale of a walk: with f the data and f^ the state, (E|f|² - E|f - f^|²) / E|f - f^|². It is 0 before
 * the first scale, where nothing is known.
 *
 * @param items [count, ...domain.item]
 */
export async function scaleSignalToNoise(
  engine: Engine,
  { domain, space, taught }: CategoricalModel,
  items: Float32Array,
  count: number,
): Promise<readonly number[]> {
  const batch = Math.min(BATCH, count);
  const program = traceTyped<{ readonly items: tf.Tensor }>({ items: f32(batch, ...domain.item) }, (inputs) => {
    const states = domain.standardised(inputs.items);
    const data = space.data(states).at(-1)!;
    const power = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x), [1, 2, 3]);
    return { all: power(data), left: taught(states, {}).map(({ before }) => power(tf.sub(data, before))) };
  });
  const size = items.length / count;
  const sums = new Float64Array(1 + space.tokens.length);
  const executable = await engine.compile(program);
  try {
    for (let first = 0; first < count; first += batch) {
      const outputs = await executable.run({ items: sliceItems(items, size, first, batch) });
      const kept = Math.min(batch, count - first);
      ["all", ...space.tokens.map((_, k) => `left/${k}`)].forEach((name, at) => {
        for (const value of (outputs[name] as Float32Array).subarray(0, kept)) sums[at]! += value;
      });
    }
  } finally {
    await executable.close();
  }
  const [all, ...left] = sums;
  // Before the first scale the two sums are the same.
  return left.map((unknown) => (all! - unknown) / unknown);
}
