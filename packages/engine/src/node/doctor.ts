import { createRequire } from "node:module";
import { isNextscaleError } from "../errors.js";
import { messageOf } from "../engines/failures.js";
import { ENGINE_NAMES, peerOf, type EngineName } from "./engine-names.js";
import { measureMatmulRate } from "./machine-rate.js";
import { openEngineHere } from "./open-engine-here.js";

/** What is known of one engine on this machine. */
export type EngineReport =
  | {
      readonly engine: EngineName;
      readonly loads: true;
      /** Version of its npm package. */
      readonly version: string;
      /** Speed of a 1024x1024x1024 float32 product, arrays in and out included. */
      readonly gflops: number;
    }
  | {
      readonly engine: EngineName;
      readonly loads: false;
      readonly reason: string;
      /** What would make it load, where that is known. */
      readonly fix: string | null;
    };

/**
 * Tries every engine that runs in Node, one after another: loads it, and measures it for a few seconds at most.
 *
 * @param engines which; default all
 */
export async function* diagnoseEngines(engines: readonly EngineName[] = ENGINE_NAMES): AsyncGenerator<EngineReport> {
  for (const engine of engines) yield await diagnose(engine);
}

async function diagnose(name: EngineName): Promise<EngineReport> {
  try {
    const engine = await openEngineHere(name);
    try {
      return { engine: name, loads: true, version: packageVersion(name), gflops: await measureMatmulRate(engine) };
    } finally {
      await engine.close();
    }
  } catch (error) {
    if (!isNextscaleError(error)) return { engine: name, loads: false, reason: messageOf(error), fix: null };
    return { engine: name, loads: false, reason: error.got, fix: error.fix ?? null };
  }
}

function packageVersion(name: EngineName): string {
  const require = createRequire(import.meta.url);
  return (require(`${peerOf(name)}/package.json`) as { readonly version: string }).version;
}
