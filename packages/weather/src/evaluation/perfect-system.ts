import { HOUR, type FieldLayout } from "../verification/case.js";
import { perfectEnsemble, perturbState } from "../simulator/perfect-ensemble.js";
import { quasiGeostrophicModel } from "../simulator/quasi-geostrophic.js";
import type { Snapshot } from "../simulator/simulate.js";
import { missingAnalysis, type ForecastSystem } from "./forecast-system.js";

/** States of the simulator by the time that they are called, milliseconds since 1970-01-01 UTC. */
export type SimulatorStates = ReadonlyMap<number, Pick<Snapshot, "state" | "day">>;

/** How the ensemble is made. */
export interface PerfectSystemOptions {
  readonly layout: FieldLayout;
  readonly states: SimulatorStates;
  readonly steps: number;
  readonly stepHours: number;
  readonly members: number;
  readonly seed: number;
  /** Standard deviation of the error of the analysis in z500, m2/s2. */
  readonly analysisError: number;
}

/**
 * The simulator forecasting itself: nothing that learns from its output can do better from the same analysis. The analysis is the
 * truth plus a draw of noise, and the members are the analysis plus other draws of the same: truth and members are then alike, and
 * the ensemble is reliable.
 */
export function perfectSystem(options: PerfectSystemOptions): ForecastSystem {
  const { layout, states, steps, stepHours, members, seed, analysisError: size } = options;
  const model = quasiGeostrophicModel();
  return {
    name: "perfect model",
    async *forecast(start) {
      const found = states.get(start);
      if (found === undefined) throw missingAnalysis(start);
      const noise = noiseSeeds(seed, start);
      const analysis = perturbState(model, found.state, { seed: noise.analysis, member: 0, size });
      const runs = perfectEnsemble({
        ...{ from: { state: analysis, day: found.day }, members, size, seed: noise.members },
        ...{ days: (steps * stepHours) / 24, hoursBetween: stepHours },
      });
      const fieldSize = layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
      for (const { leadHours, fields } of runs) {
        if (leadHours === 0) continue;
        const parts = Array.from({ length: members }, (_, m) => fields.subarray(m * fieldSize, (m + 1) * fieldSize));
        yield await Promise.resolve({ leadHours, members: parts });
      }
    },
  };
}

/** Two seeds for each start, so that starts and the two uses of noise are independent. */
function noiseSeeds(seed: number, start: number): { readonly analysis: bigint; readonly members: bigint } {
  const first = (BigInt(seed) << 33n) + 2n * BigInt(Math.round(start / HOUR));
  return { analysis: BigInt.asUintN(64, first), members: BigInt.asUintN(64, first + 1n) };
}
