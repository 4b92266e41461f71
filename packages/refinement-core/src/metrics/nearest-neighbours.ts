import { NextscaleError } from "@nextscale/engine";
import { forEachDotTile, squaredNorms, TILE, toPanel, type DotTile, type Panel } from "./dot-tiles.js";
import { requireCount, requireDimension, type FeatureMatrix } from "./features.js";

/**
 * Exact Euclidean distances between sets of vectors, tile by tile.
 *
 * A squared distance is ‖x‖² + ‖y‖² − 2 x·y in double precision, after both sets are moved to the reference's mean: what
 * the formula cancels is then small, and equal vectors are at distance exactly 0.
 */
export interface PointSet {
  readonly panel: Panel;
  readonly norms: Float64Array;
  /** Subtracted from every vector before it entered the panel. */
  readonly origin: Float64Array;
}

/**
 * Prepares a set for distances. Sets compared with each other need one origin: pass the first set's to the second.
 *
 * @throws NextscaleError `invalid-data` for NaN or infinite features
 */
export function toPointSet(where: string, features: FeatureMatrix, origin = meanOf(features)): PointSet {
  requireDimension(where, features, origin.length);
  const panel = toPanel(features, origin);
  const norms = squaredNorms(panel);
  const bad = norms.findIndex((norm) => !Number.isFinite(norm));
  if (bad >= 0) {
    throw new NextscaleError({
      code: "invalid-data",
      where,
      expected: "finite features",
      got: `NaN or infinity in the set that holds vector ${bad}`,
    });
  }
  return { panel, norms, origin };
}

/** Squared distances of some rows to some columns: that of rowStart + i and columnStart + j is `squared[i*TILE + j]`. */
export interface DistanceTile extends Omit<DotTile, "products"> {
  /** Overwritten by the next tile. */
  readonly squared: Float64Array;
}

/**
 * Visits the squared distances between two sets, tile by tile. For one set with itself, the tiles on and above the
 * diagonal: a pair i < j is met once, beside pairs i ≥ j of the tiles on the diagonal, which the visitor must skip.
 */
export function forEachDistanceTile(a: PointSet, b: PointSet, visit: (tile: DistanceTile) => void): void {
  const visitDots = ({ products: squared, ...place }: DotTile): void => {
    const { rowStart, rowCount, columnStart, columnCount } = place;
    for (let i = 0; i < rowCount; i++) {
      const norm = a.norms[rowStart + i]!;
      for (let j = 0; j < columnCount; j++) {
        const at = i * TILE + j;
        squared[at] = Math.max(0, norm + b.norms[columnStart + j]! - 2 * squared[at]!);
      }
    }
    visit({ ...place, squared });
  };
  forEachDotTile(a.panel, b.panel, visitDots, a === b ? "upper" : "all");
}

/**
 * Squared distance of every vector to its k-th nearest other vector of the same set.
 *
 * @throws NextscaleError `invalid-argument` when the set has no k other vectors
 */
export function squaredRadii(where: string, points: PointSet, k: number): Float64Array {
  const { count } = points.panel;
  if (!Number.isInteger(k) || k < 1) {
    throw new NextscaleError({ code: "invalid-argument", where, expected: "k of at least 1", got: `${k}` });
  }
  requireCount(where, `vectors (k + 1 for k = ${k})`, count, k + 1);
  // The k smallest distances of each vector, ascending.
  const nearest = new Float64Array(count * k).fill(Infinity);
  const insert = (point: number, squared: number): void => {
    let at = (point + 1) * k - 1;
    if (squared >= nearest[at]!) return;
    for (const first = point * k; at > first && nearest[at - 1]! > squared; at--) nearest[at] = nearest[at - 1]!;
    nearest[at] = squared;
  };
  forEachDistanceTile(points, points, ({ rowStart, rowCount, columnStart, columnCount, squared }) => {
    for (let i = rowStart; i < rowStart + rowCount; i++) {
      const row = (i - rowStart) * TILE - columnStart;
      for (let j = Math.max(i + 1, columnStart); j < columnStart + columnCount; j++) {
        insert(i, squared[row + j]!);
        insert(j, squared[row + j]!);
      }
    }
  });
  return Float64Array.from({ length: count }, (_, point) => nearest[(point + 1) * k - 1]!);
}

/** Distance of every vector of `from` to the nearest vector of `to`. */
export function nearestDistances(from: PointSet, to: PointSet): Float64Array {
  const nearest = new Float64Array(from.panel.count).fill(Infinity);
  forEachDistanceTile(from, to, ({ rowStart, rowCount, columnCount, squared }) => {
    for (let i = 0; i < rowCount; i++) {
      let least = nearest[rowStart + i]!;
      for (let at = i * TILE; at < i * TILE + columnCount; at++) if (squared[at]! < least) least = squared[at]!;
      nearest[rowStart + i] = least;
    }
  });
  return nearest.map(Math.sqrt);
}

function meanOf({ data, count, dimension }: FeatureMatrix): Float64Array {
  const mean = new Float64Array(dimension);
  for (let at = 0; at < count * dimension; at++) mean[at % dimension]! += data[at]! / count;
  return mean;
}
