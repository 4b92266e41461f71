import type { Grid } from "../grid/grid.js";

/** A field as a function of the place, degrees east and north. */
export type FieldSampler = (longitude: number, latitude: number) => number;

/** Where a coordinate lies between two neighbours. */
interface Between {
  readonly lower: number;
  readonly upper: number;
  /** Share of the upper one, 0 to 1. */
  readonly share: number;
}

/**
 * Bilinear interpolation of a field, defined everywhere: beyond the outermost row or column of a region its value goes on,
 * and from the outermost row of the globe it goes to the mean of that row at the pole. A place whose nearest cell is masked
 * (NaN) is masked; other masked cells are left out of the mean.
 */
export function fieldSampler(grid: Grid, field: ArrayLike<number>): FieldSampler {
  const { latitudes, kind } = grid;
  const columns = grid.longitudes.length;
  const poles =
    kind === "regional" ? undefined : ([0, latitudes.length - 1] as const).map((row) => rowMean(field, row, columns));
  return (longitude, latitude) => {
    const row = betweenRows(latitudes, latitude);
    const column = betweenColumns(grid, longitude);
    const value = bilinear(field, columns, row, column);
    const beyond = beyondOutermost(latitudes, latitude);
    if (poles === undefined || beyond === 0) return value;
    return value + beyond * (poles[latitude > 0 ? 1 : 0]! - value);
  };
}

function bilinear(field: ArrayLike<number>, columns: number, row: Between, column: Between): number {
  const nearestRow = row.share < 0.5 ? row.lower : row.upper;
  const nearestColumn = column.share < 0.5 ? column.lower : column.upper;
  if (Number.isNaN(field[nearestRow * columns + nearestColumn]!)) return Number.NaN;
  let [sum, total] = [0, 0];
  for (const [i, rowShare] of [
    [row.lower, 1 - row.share],
    [row.upper, row.share],
  ] as const) {
    for (const [j, columnShare] of [
      [column.lower, 1 - column.share],
      [column.upper, column.share],
    ] as const) {
      const value = field[i * columns + j]!;
      if (Number.isNaN(value)) continue;
      sum += rowShare * columnShare * value;
      total += rowShare * columnShare;
    }
  }
  return sum / total;
}

function betweenRows(latitudes: Float64Array, latitude: number): Between {
  let [lower, upper] = [0, latitudes.length - 1];
  while (upper - lower > 1) {
    const middle = (lower + upper) >> 1;
    if (latitudes[middle]! <= latitude) lower = middle;
    else upper = middle;
  }
  const share = (latitude - latitudes[lower]!) / (latitudes[upper]! - latitudes[lower]!);
  return { lower, upper, share: Math.min(1, Math.max(0, share)) };
}

/** Columns are at equal steps. Beyond those of a region the nearer end counts, whichever way round the globe that is. */
function betweenColumns({ longitudes, periodic }: Grid, longitude: number): Between {
  const count = longitudes.length;
  const step = (longitudes[count - 1]! - longitudes[0]!) / (count - 1);
  const turn = 360 / step;
  const at = ((((longitude - longitudes[0]!) / step) % turn) + turn) % turn;
  const lower = Math.floor(at);
  if (periodic) return { lower: lower % count, upper: (lower + 1) % count, share: at - lower };
  if (at < count - 1) return { lower, upper: lower + 1, share: at - lower };
  const nearest = at - (count - 1) < turn - at ? count - 1 : 0;
  return { lower: nearest, upper: nearest, share: 0 };
}

/** How far towards the pole a latitude is from the outermost row, 0 to 1; 0 between the rows. */
function beyondOutermost(latitudes: Float64Array, latitude: number): number {
  const [south, north] = [latitudes[0]!, latitudes.at(-1)!];
  if (latitude > north) return (latitude - north) / (90 - north);
  return latitude < south ? (south - latitude) / (south + 90) : 0;
}

function rowMean(field: ArrayLike<number>, row: number, columns: number): number {
  let [sum, count] = [0, 0];
  for (let j = 0; j < columns; j++) {
    const value = field[row * columns + j]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return sum / count;
}
