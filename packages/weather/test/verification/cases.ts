import { normals, randomStream } from "@nextscale/refinement-core";
import {
  createAggregator,
  equiangularGrid,
  type FieldLayout,
  type ForecastCase,
  type Metric,
  type ScoreRegion,
} from "../../src/index.js";

/** Two rows and two columns of equal area. */
export const SMALL: FieldLayout = { grid: equiangularGrid(2, 2), channels: ["z"] };

/** A case whose fields have one value everywhere. */
export function uniformCase(
  members: readonly number[],
  truth: number,
  layout = SMALL,
  more: Partial<ForecastCase> = {},
): ForecastCase {
  const size = layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
  const field = (value: number): Float32Array => new Float32Array(size).fill(value);
  return { start: 0, leadHours: 24, members: members.map(field), truth: field(truth), ...more };
}

/** Score of the first bin. */
export function scoreOf<Value>(
  metric: Metric<Value>,
  cases: readonly ForecastCase[],
  layout = SMALL,
  region?: ScoreRegion,
) {
  const aggregator = createAggregator({
    layout,
    metrics: [metric],
    ...(region === undefined ? {} : { regions: [region] }),
  });
  cases.forEach((one) => aggregator.add(one));
  return aggregator.scores(metric)[0]!;
}

/** Cases with members and truth from one normal distribution of a common random mean: a reliable ensemble. */
export function reliableCases(count: number, members: number, layout = SMALL, spread = 1): ForecastCase[] {
  const size = layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
  const stream = randomStream(7, "test/reliable");
  return Array.from({ length: count }, (_, item) => {
    const draws = normals(stream, { items: { first: item, count: 1 }, sites: members + 2, draws: size });
    const row = (i: number): Float32Array => draws.subarray(i * size, (i + 1) * size);
    const about = (i: number, scale: number): Float32Array => row(i).map((value, at) => row(0)[at]! + scale * value);
    return {
      start: item * 86_400_000,
      leadHours: 24,
      members: Array.from({ length: members }, (_, m) => about(m + 2, spread)),
      truth: about(1, 1),
    };
  });
}
