import { uniforms, type RandomStream } from "@nextscale/refinement-core";

/**
 * How many scales each item of a batch is decoded from, as one-hot rows [items, scales]: all of them for most, any first
 * few for the share that is truncated.
 */
export function lastScales(
  stream: RandomStream,
  options: {
    readonly items: { readonly first: number; readonly count: number };
    readonly scales: number;
    readonly truncation: number;
  },
): Float32Array {
  const { items, scales, truncation } = options;
  // Two for each item: whether, and where.
  const numbers = uniforms(stream, { items, draws: 2 });
  const rows = new Float32Array(items.count * scales);
  for (let i = 0; i < items.count; i++) {
    const last = numbers[2 * i]! < truncation ? Math.floor(numbers[2 * i + 1]! * scales) : scales - 1;
    rows[i * scales + Math.min(last, scales - 1)] = 1;
  }
  return rows;
}
