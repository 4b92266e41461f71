import { InvalidArgumentError } from "commander";

/** What the benchmark measures, in this order: networks, by the names that tools/peers/bench_torch.py gives them too. */
export const BENCH_PARTS = ["mlp", "transformer", "conv", "generation", "forecast", "graphs"] as const;

/** A part of the benchmark. */
export type BenchPart = (typeof BENCH_PARTS)[number];

/** Names of parts with commas between them, as commander's option parser. */
export function benchParts(text: string): readonly BenchPart[] {
  const names = text.split(",");
  const unknown = names.find((name) => !BENCH_PARTS.some((part) => part === name));
  if (unknown === undefined) return BENCH_PARTS.filter((part) => names.includes(part));
  throw new InvalidArgumentError(`Expected some of ${BENCH_PARTS.join(",")}, got "${unknown}".`);
}
