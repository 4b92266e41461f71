import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { ForecastSystem } from "./forecast-system.js";

/** A system, and the time spent waiting for its forecasts. */
export function timed(system: ForecastSystem): { readonly system: ForecastSystem; milliseconds(): number } {
  let spent = 0;
  return {
    milliseconds: () => spent,
    system: {
      name: system.name,
      async *forecast(start) {
        let asked = performance.now();
        for await (const ensemble of system.forecast(start)) {
          spent += performance.now() - asked;
          yield ensemble;
          asked = performance.now();
        }
      },
    },
  };
}

/** A system that stops between two leads. */
export function interruptible(system: ForecastSystem, signal: AbortSignal | undefined): ForecastSystem {
  return {
    name: system.name,
    async *forecast(start) {
      for await (const ensemble of system.forecast(start)) {
        await untilSignalsAreSeen();
        signal?.throwIfAborted();
        yield ensemble;
      }
    },
  };
}
