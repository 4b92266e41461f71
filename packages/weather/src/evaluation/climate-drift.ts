import type { ForecastModelContent } from "../model/create-forecast-model.js";
import { scaleOfModel } from "../model/field-scaling.js";
import { gridFrom } from "../model/grid-from.js";
import type { FieldSource } from "../verification/baselines.js";
import { HOUR } from "../verification/case.js";
import { analysisAt, type ForecastSystem } from "./forecast-system.js";

/** How far a model's own climate lies from that of its data. */
export interface ClimateDrift {
  readonly channel: string;
  /**
   * Root mean square over the area of what members are off the climatology on average over all starts and days 31 to 60, in
   * standard deviations of the channel.
   */
  readonly members: number;
  /** The same of the truth at these times: so much of it is the weather of some months. */
  readonly truth: number;
}

/** Days that are averaged over, and days before them in which the start is forgotten. */
const [AVERAGED, FORGOTTEN] = [30, 30];

/** A system, and how far its forecasts drift; nothing of forecasts of less than 60 days. */
export function drifting(
  system: ForecastSystem,
  { config, tensors }: Pick<ForecastModelContent, "config" | "tensors">,
  truth: FieldSource,
): { readonly system: ForecastSystem; drift(): readonly ClimateDrift[] } {
  const { scaled } = scaleOfModel(config, tensors);
  const grid = gridFrom(config.grid);
  const channels = config.channels.length;
  const size = channels * grid.latitudes.length * grid.longitudes.length;
  const sums = { members: new Float64Array(size), truth: new Float64Array(size) };
  const counts = { members: 0, truth: 0 };
  let reached = 0;
  const add = (into: keyof typeof sums, field: Float32Array, time: number) => {
    scaled(field, time).forEach((value, at) => (sums[into][at]! += value));
    counts[into] += 1;
  };
  const offset = (of: keyof typeof sums, channel: number) => {
    const row = grid.longitudes.length * channels;
    const squares = sums[of].reduce((sum, value, at) => {
      if (at % channels !== channel) return sum;
      return sum + grid.areaWeights[Math.floor(at / row)]! * (value / counts[of]) ** 2;
    }, 0);
    return Math.sqrt((squares * channels) / size);
  };
  return {
    system: {
      name: system.name,
      async *forecast(start) {
        for await (const ensemble of system.forecast(start)) {
          const { leadHours, members } = ensemble;
          reached = Math.max(reached, leadHours);
          if (leadHours > 24 * FORGOTTEN && leadHours <= 24 * (FORGOTTEN + AVERAGED)) {
            const time = start + leadHours * HOUR;
            for (const member of members) add("members", member, time);
            add("truth", analysisAt(truth, time), time);
          }
          yield ensemble;
        }
      },
    },
    drift() {
      if (reached < 24 * (FORGOTTEN + AVERAGED)) return [];
      return config.channels.map((channel, c) => ({
        channel,
        members: offset("members", c),
        truth: offset("truth", c),
      }));
    },
  };
}
