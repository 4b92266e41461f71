import { untilSignalsAreSeen } from "@nextscale/refinement-core";
import type { ForecastSystem } from "./forecast-system.js";

/** A system, the time spent waiting for its forecasts, and how many of their members were unstable at the end. */
export function observed(system: ForecastSystem): {
  readonly system: ForecastSystem;
  milliseconds(): number;
  unstableMembers(): number;
} {
  let [spent, unstableMembers] = [0, 0];
  return {
    milliseconds: () => spent,
    unstableMembers: () => unstableMembers,
    system: {
      name: system.name,
      async *forecast(start) {
        let asked = performance.now();
        let unstable = 0;
        for await (const ensemble of system.forecast(start)) {
          spent += performance.now() - asked;
          unstable = ensemble.unstable ?? 0;
          yield ensemble;
          asked = performance.now();
        }
        unstableMembers += unstable;
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
