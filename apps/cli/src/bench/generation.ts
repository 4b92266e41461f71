import { isNextscaleError } from "@nextscale/engine";
import type { EngineName } from "@nextscale/engine/node";
import type { ImageModel } from "@nextscale/images";
import { loadImageModel } from "@nextscale/images/node";
import { median, quartiles, type RepeatedTimes } from "./statistics.js";

/** Times of generating digits with the bundled model, or why there are none. */
export type GenerationResult =
  | { readonly model: string; readonly loadMs: number; readonly runs: readonly GenerationTimes[] }
  | { readonly skipped: string };

/** Times of generating so many digits, in milliseconds. */
export interface GenerationTimes extends RepeatedTimes {
  readonly count: number;
}

const MODEL = "mnist";
/** How many digits, and how often after the first time: a few seconds each. */
const RUNS = [
  { count: 64, repeats: 9 },
  { count: 1024, repeats: 3 },
];

/**
 * Loads the bundled model and generates with it, unguided at temperature 1.
 *
 * @param most runs after the first
 */
export async function timeGeneration(engine: EngineName, most: number, signal: AbortSignal): Promise<GenerationResult> {
  const began = performance.now();
  let model: ImageModel;
  try {
    model = await loadImageModel(MODEL, { engine });
  } catch (error) {
    if (!isNextscaleError(error)) throw error;
    return { skipped: `no model ${MODEL} here: ${error.message}` };
  }
  const loadMs = performance.now() - began;
  try {
    const runs: GenerationTimes[] = [];
    for (const { count, repeats } of RUNS) {
      const firstMs = await time(() => model.sample({ count, seed: 1, signal }));
      const times: number[] = [];
      while (times.length < Math.min(repeats, most)) {
        times.push(await time(() => model.sample({ count, seed: 2 + times.length, signal })));
      }
      runs.push({ count, firstMs, ms: median(times), quartiles: quartiles(times) });
    }
    return { model: MODEL, loadMs, runs };
  } finally {
    await model.close();
  }
}

async function time(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
