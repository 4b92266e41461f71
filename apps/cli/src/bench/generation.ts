import { isNextscaleError } from "@nextscale/engine";
import type { EngineName } from "@nextscale/engine/node";
import type { ImageModel } from "@nextscale/images";
import { loadImageModel } from "@nextscale/images/node";

/** Times of generating digits with the bundled model, or why there are none. */
export type GenerationResult =
  | {
      readonly model: string;
      readonly loadMs: number;
      /** `firstMs` includes preparing the program, `ms` is a second run. */
      readonly runs: readonly { readonly count: number; readonly firstMs: number; readonly ms: number }[];
    }
  | { readonly skipped: string };

const MODEL = "mnist";
const COUNTS = [64, 1024];

/** Loads the bundled model and generates with it, unguided at temperature 1. */
export async function timeGeneration(engine: EngineName, signal: AbortSignal): Promise<GenerationResult> {
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
    const runs = [];
    for (const count of COUNTS) {
      const firstMs = await time(() => model.sample({ count, seed: 1, signal }));
      runs.push({ count, firstMs, ms: await time(() => model.sample({ count, seed: 2, signal })) });
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
