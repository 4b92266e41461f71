import type { Engine } from "@nextscale/engine";
import { exclusively, openEngine } from "@nextscale/engine/node";
import type { RunOptions } from "./run-options.js";

/** Opens the engine, in a folder that no other run writes to meanwhile, for as long as the work takes. */
export function withEngine<Result>(
  where: string,
  { out, engine: name }: Pick<RunOptions, "out" | "engine">,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  return exclusively(out, where, async () => {
    const engine = await openEngine(name);
    try {
      return await work(engine);
    } finally {
      await engine.close();
    }
  });
}
