import fc from "fast-check";
import {
  absorbingCodes,
  codeMarginal,
  cosineKept,
  linearKept,
  uniformCodes,
  type CodeDiffusion,
} from "../../src/index.js";

export const CODES = 3;
export const STEPS = 6;
export const MEMBERS = [
  { name: "uniform, linear", diffusion: uniformCodes(CODES, linearKept(STEPS)) },
  { name: "uniform, cosine", diffusion: uniformCodes(CODES, cosineKept(STEPS)) },
  { name: "absorbing", diffusion: absorbingCodes(CODES, linearKept(STEPS)) },
  // What is kept at the end costs a prior.
  { name: "uniform, cut short", diffusion: uniformCodes(CODES, linearKept(STEPS).slice(0, STEPS)) },
];
export const lastOf = ({ kept }: CodeDiffusion) => kept.length - 1;
export const range = (count: number) => Array.from({ length: count }, (_, i) => i);
export const times = (diffusion: CodeDiffusion) => range(lastOf(diffusion)).map((i) => i + 1);
export const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

/** One step's matrix Q_t, row-stochastic, as the papers write it: what nothing in the sources ever makes. */
export function transition({ kept, replacement }: CodeDiffusion, time: number): number[][] {
  const stays = kept[time]! / kept[time - 1]!;
  return range(replacement.length).map((from) =>
    range(replacement.length).map((to) => (from === to ? stays : 0) + (1 - stays) * replacement[to]!),
  );
}

/** Q_from+1 ... Q_to. */
export function transitions(diffusion: CodeDiffusion, from: number, to: number): number[][] {
  const states = range(diffusion.replacement.length);
  let product = states.map((i) => states.map((j) => Number(i === j)));
  for (let time = from + 1; time <= to; time++) {
    const step = transition(diffusion, time);
    product = product.map((row) => states.map((j) => sum(row.map((value, k) => value * step[k]![j]!))));
  }
  return product;
}

/** Distributions of the data's codes. */
export const distribution = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: CODES, maxLength: CODES })
  .map((weights) => weights.map((weight) => weight / sum(weights)));

/** p(x_0 | x_t) by Bayes' rule: the perfect network. */
export function bayes(diffusion: CodeDiffusion, data: readonly number[], time: number, noisy: number): number[] {
  const joint = data.map((p, clean) => p * codeMarginal(diffusion, time, clean)[noisy]!);
  const total = sum(joint);
  return total === 0 ? [...data] : joint.map((value) => value / total);
}
