import { NextscaleError } from "@nextscale/engine";

/**
 * What kind of latitudes a grid has: centres of equal bands (`equiangular`), such that the poles themselves are rows
 * (`equiangular-with-poles`), Gaussian nodes (`gaussian`), or any regular part of the globe (`regional`).
 */
export type GridKind = "equiangular" | "equiangular-with-poles" | "gaussian" | "regional";

/**
 * A latitude-longitude grid. Fields on it are arrays [..., latitude, longitude], rows from south to north, columns from west
 * to east.
 */
export interface Grid {
  readonly kind: GridKind;
  /** Degrees north, ascending. */
  readonly latitudes: Float64Array;
  /** Degrees east, ascending. */
  readonly longitudes: Float64Array;
  /** Area of a cell of each row as a multiple of the mean cell's: the mean over rows is 1. */
  readonly areaWeights: Float64Array;
  /** Whether the last column is the neighbour of the first. */
  readonly periodic: boolean;
}

/** Largest deviation from regular spacing, as a share of it: coordinates are often stored as float32. */
const SPACING_TOLERANCE = 1e-3;

const RADIANS = Math.PI / 180;

/** A global grid of `rows` bands of equal height; the first column is at 0 degrees. */
export function equiangularGrid(rows: number, columns: number): Grid {
  requireCounts("weather/equiangularGrid", rows, columns);
  const latitudes = Float64Array.from({ length: rows }, (_, i) => -90 + ((i + 0.5) * 180) / rows);
  return globalGrid("equiangular", latitudes, columns, bandWeights(latitudes, [-90, 90]));
}

/** A global grid of `rows` latitudes from pole to pole. */
export function equiangularGridWithPoles(rows: number, columns: number): Grid {
  requireCounts("weather/equiangularGridWithPoles", rows, columns);
  const latitudes = Float64Array.from({ length: rows }, (_, i) => -90 + (i * 180) / (rows - 1));
  return globalGrid("equiangular-with-poles", latitudes, columns, bandWeights(latitudes, [-90, 90]));
}

/** A global Gaussian grid: latitudes are the roots of the Legendre polynomial, areas its quadrature weights. */
export function gaussianGrid(rows: number, columns: number): Grid {
  requireCounts("weather/gaussianGrid", rows, columns);
  const { nodes, weights } = gaussianNodes(rows);
  const latitudes = nodes.map((x) => Math.asin(x) / RADIANS);
  return globalGrid("gaussian", latitudes, columns, meanOne(weights));
}

/**
 * A regular part of the globe. Outermost cells end half a step beyond their centres, at a pole at the latest.
 *
 * @throws NextscaleError `invalid-argument` for coordinates that are not ascending at equal steps or off the globe
 */
export function regionalGrid(latitudes: ArrayLike<number>, longitudes: ArrayLike<number>): Grid {
  const where = "weather/regionalGrid";
  const rows = Float64Array.from(latitudes);
  const columns = Float64Array.from(longitudes);
  requireCounts(where, rows.length, columns.length);
  // Rows of a global grid may well be Gaussian: where its columns are at fault, they are what to say.
  const width = requireRegular(where, "longitudes", columns);
  const step = requireRegular(where, "latitudes", rows);
  const [south, north] = [rows[0]!, rows.at(-1)!];
  if (south < -90 || north > 90) throw refused(where, "latitudes from -90 to 90", `${south} to ${north}`);
  if (width * columns.length > 360 * (1 + SPACING_TOLERANCE)) {
    throw refused(where, "longitudes that go round the globe once at most", `${width * columns.length} degrees`);
  }
  const bounds = [Math.max(-90, south - step / 2), Math.min(90, north + step / 2)] as const;
  return {
    kind: "regional",
    latitudes: rows,
    longitudes: columns,
    areaWeights: bandWeights(rows, bounds),
    periodic: Math.abs(width * columns.length - 360) < 360 * SPACING_TOLERANCE,
  };
}

/**
 * Roots of the Legendre polynomial of degree `count`, ascending, and the weights of Gauss's quadrature, which sum to 2: by
 * Newton's method.
 */
export function gaussianNodes(count: number): { readonly nodes: Float64Array; readonly weights: Float64Array } {
  const nodes = new Float64Array(count);
  const weights = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 100; iteration++) {
      const { value, derivative } = legendre(count, x);
      slope = derivative;
      const step = value / derivative;
      x -= step;
      if (Math.abs(step) < 1e-15) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** The Legendre polynomial of a degree and its derivative, by the three-term recurrence. */
function legendre(degree: number, x: number): { readonly value: number; readonly derivative: number } {
  let [previous, value] = [1, x];
  for (let n = 2; n <= degree; n++) [previous, value] = [value, ((2 * n - 1) * x * value - (n - 1) * previous) / n];
  if (degree === 0) return { value: 1, derivative: 0 };
  return { value, derivative: (degree * (x * value - previous)) / (x * x - 1) };
}

function globalGrid(kind: GridKind, latitudes: Float64Array, columns: number, areaWeights: Float64Array): Grid {
  const longitudes = Float64Array.from({ length: columns }, (_, j) => (j * 360) / columns);
  return { kind, latitudes, longitudes, areaWeights, periodic: true };
}

/** sin(upper) - sin(lower) of the band of each row, bands meeting half-way (WeatherBench 2, `metrics.py`). */
function bandWeights(latitudes: Float64Array, [south, north]: readonly [number, number]): Float64Array {
  const edges = Array.from({ length: latitudes.length + 1 }, (_, i) => {
    if (i === 0) return south;
    return i === latitudes.length ? north : (latitudes[i - 1]! + latitudes[i]!) / 2;
  });
  return meanOne(latitudes.map((_, i) => Math.sin(edges[i + 1]! * RADIANS) - Math.sin(edges[i]! * RADIANS)));
}

function meanOne(weights: Float64Array): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}

function requireCounts(where: string, rows: number, columns: number): void {
  const valid = [rows, columns].every((count) => Number.isInteger(count) && count >= 2);
  if (!valid) throw refused(where, "at least 2 rows and 2 columns", `${rows} and ${columns}`);
}

/** The step between coordinates. */
function requireRegular(where: string, what: string, coordinates: Float64Array): number {
  const step = (coordinates.at(-1)! - coordinates[0]!) / (coordinates.length - 1);
  const regular = coordinates.every((value, i) => {
    return i === 0 || Math.abs(value - coordinates[i - 1]! - step) <= SPACING_TOLERANCE * step;
  });
  if (!(step > 0) || !regular) {
    const shown = Array.from(coordinates.subarray(0, 4)).join(", ");
    throw refused(where, `${what} ascending at equal steps`, `${shown}, ...`);
  }
  return step;
}

function refused(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where, expected, got });
}
