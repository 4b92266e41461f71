import { NextscaleError } from "@nextscale/engine";

/** What a state is made of: signal * data + noise * e, with e standard normal. */
export interface NoiseLevel {
  /** What the level is called where a network is told of it: a step's number, a share of the way, a standard deviation. */
  readonly time: number;
  readonly signal: number;
  readonly noise: number;
}

/** Signal-to-noise ratio, of powers: 0 for pure noise, infinite for clean data. */
export function signalToNoise({ signal, noise }: NoiseLevel): number {
  return (signal / noise) ** 2;
}

/** Half the logarithm of the signal-to-noise ratio: lambda of Lu et al. 2022, ln(signal / noise). */
export function halfLogSnr({ signal, noise }: NoiseLevel): number {
  return Math.log(signal / noise);
}

/**
 * Levels that a sampler goes down, noisiest first: each has to have more signal to its noise than the one before, since a
 * step between two equal ones divides by zero.
 *
 * @throws NextscaleError `invalid-argument` for fewer than two levels, or an order that is another
 */
export function requireDescent(where: string, levels: readonly NoiseLevel[]): void {
  // Not log ratios: their difference is no number where both are infinite.
  const ratios = levels.map(({ signal, noise }) => signal / noise);
  const at = ratios.findIndex((ratio, i) => !(i === 0 ? ratio >= 0 : ratio > ratios[i - 1]!));
  if (levels.length >= 2 && at === -1) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: `refinement-core/${where}`,
    expected: "two or more levels, each with less noise for its signal than the one before",
    got: levels.length < 2 ? `${levels.length}` : `signal / noise ${ratios[at]} after ${ratios[at - 1] ?? "nothing"}`,
  });
}
