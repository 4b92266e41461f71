import { randomStream, uniforms } from "@nextscale/refinement-core";
import type { Digits, DigitSet } from "../../src/data/digits.js";
import { PAPER } from "../../src/settings.js";

/** Images of a few bright rectangles, so that there is something to learn without reading a data set. */
export function rectangles(count: number, seed: number): DigitSet {
  const { side, pixels } = PAPER;
  const places = uniforms(randomStream(seed, "test/rectangles"), { items: count, draws: 4 });
  const bytes = new Uint8Array(count * pixels);
  for (let i = 0; i < count; i++) {
    const [top, left, height, width] = Array.from(places.subarray(4 * i, 4 * i + 4), (u) => 2 + Math.floor(12 * u));
    for (let y = top!; y < top! + height!; y++) bytes.fill(255, i * pixels + y * side + left!, i * pixels + y * side + left! + width!); // prettier-ignore
  }
  return { bytes, count };
}

/** A small data set. */
export function smallDigits(training = 512, test = 60): Digits {
  return { training: rectangles(training, 1), test: rectangles(test, 2), sha256: "ab".repeat(32) };
}
