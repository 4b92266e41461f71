import { NextscaleError } from "@nextscale/engine";
import {
  areaMatrix,
  areaWeights,
  bilinearMatrix,
  matrix,
  matrixFromTaps,
  multiplyMatrices,
  replicationMatrix,
  type Coarsening,
  type GridArithmetic,
  type GridOperator,
  type Matrix,
} from "@nextscale/refinement-core";
import type { Grid } from "../grid/grid.js";

/** The cells of one level. */
export interface SphericalLevel {
  readonly height: number;
  readonly width: number;
  /** Area of a cell of each row as a multiple of the level's mean cell. */
  readonly areaWeights: Float64Array;
}

/** How a finer field is guessed from a coarser one: smoothly, or each cell as its parent. */
export type Expansion = "bilinear" | "replication";

/** A coarsening of fields [N, latitude, longitude, C] and the sizes of its levels, finest first. */
export interface SphericalCoarsening<X> extends Coarsening<X> {
  readonly levels: readonly SphericalLevel[];
}

/** The maps between a level and the next coarser one. */
interface Step {
  readonly down: GridOperator;
  /** Exact adjoint of `down` under the areas of the two levels. */
  readonly replicate: GridOperator;
  /** A sum of separable maps: away from the poles, and across them. */
  readonly bilinear: readonly GridOperator[];
}

/**
 * Means over 2x2 cells by area, and back.
 *
 * `bilinear` interpolates, round the globe along longitude and across the poles on a global grid, then corrects each parent's
 * four cells by what their mean is off: coarsening a guess gives the coarse field again, so what a finer scale adds never
 * changes a coarser one. `replication` is the adjoint of the mean; with it the pyramid is an orthogonal transform, the Haar
 * wavelets of the grid's areas.
 *
 * @param arithmetic `tensorGrid` or `hostGrid`
 * @param depth levels beyond the finest
 * @throws NextscaleError `invalid-argument` when rows or columns cannot be halved so often; a global grid needs a multiple of 4
 *   columns where it is expanded across the poles
 */
export function sphericalCoarsening<X>(
  arithmetic: GridArithmetic<X>,
  grid: Grid,
  depth: number,
  expansion: Expansion = "bilinear",
): SphericalCoarsening<X> {
  const levels = levelsOf(grid, depth);
  const steps = levels.slice(0, -1).map((fine, level) => stepBetween(fine, levels[level + 1]!, grid));
  const { apply, add, subtract } = arithmetic;
  const at = (level: number): Step => {
    const step = steps[level];
    if (step === undefined) throw refused(`a level from 0 to ${depth - 1}`, String(level));
    return step;
  };
  return {
    levels,
    coarsen: (fine, level) => apply(at(level).down, fine),
    expand(coarse, level) {
      const { down, replicate, bilinear } = at(level);
      if (expansion === "replication") return apply(replicate, coarse);
      const smooth = bilinear.map((term) => apply(term, coarse)).reduce(add);
      return add(smooth, apply(replicate, subtract(coarse, apply(down, smooth))));
    },
    subtract: (fine, guess) => subtract(fine, guess),
    add: (guess, residual) => add(guess, residual),
  };
}

function levelsOf({ latitudes, longitudes, areaWeights: weights }: Grid, depth: number): readonly SphericalLevel[] {
  const [height, width] = [latitudes.length, longitudes.length];
  const factor = 2 ** depth;
  if (!Number.isInteger(depth) || depth < 0 || height % factor !== 0 || width % factor !== 0) {
    throw refused(`a grid whose rows and columns ${factor} divides`, `${height}x${width}`);
  }
  return Array.from({ length: depth + 1 }, (_, level) => {
    const rows = height / 2 ** level;
    return {
      height: rows,
      width: width / 2 ** level,
      areaWeights: areaWeights(weights, rows).map((area) => area / 2 ** level),
    };
  });
}

function stepBetween(fine: SphericalLevel, coarse: SphericalLevel, { kind, periodic }: Grid): Step {
  const columns = bilinearMatrix(coarse.width, fine.width, periodic ? "periodic" : "bounded");
  return {
    down: {
      rows: areaMatrix(fine.height, coarse.height, fine.areaWeights),
      columns: areaMatrix(fine.width, coarse.width),
    },
    replicate: {
      rows: replicationMatrix(coarse.height, fine.height),
      columns: replicationMatrix(coarse.width, fine.width),
    },
    bilinear:
      kind === "regional"
        ? [{ rows: bilinearMatrix(coarse.height, fine.height, "bounded"), columns }]
        : acrossPoles(fine, coarse, columns),
  };
}

/**
 * Interpolation on the globe. The outermost rows lie beyond the centres of their parents, towards a pole; the next row in
 * that direction is the same one on the opposite meridian.
 */
function acrossPoles(fine: SphericalLevel, coarse: SphericalLevel, columns: Matrix): readonly GridOperator[] {
  if (coarse.width % 2 !== 0)
    throw refused("a multiple of 4 columns, so that meridians have opposites", `${fine.width}`);
  const last = coarse.height - 1;
  const taps = (row: number) => {
    const position = (row + 0.5) / 2 - 0.5;
    const below = Math.floor(position);
    return [
      { column: below, weight: 1 - (position - below) },
      { column: below + 1, weight: position - below },
    ];
  };
  const isInside = ({ column }: { readonly column: number }) => column >= 0 && column <= last;
  const inside = matrixFromTaps(fine.height, coarse.height, (row) => taps(row).filter(isInside));
  const beyond = matrixFromTaps(fine.height, coarse.height, (row) =>
    taps(row)
      .filter((tap) => !isInside(tap))
      .map(({ column, weight }) => ({ column: column < 0 ? 0 : last, weight })),
  );
  const half = coarse.width / 2;
  const opposite = matrix(coarse.width, coarse.width, (row, column) =>
    (row + half) % coarse.width === column ? 1 : 0,
  );
  return [
    { rows: inside, columns },
    { rows: beyond, columns: multiplyMatrices(columns, opposite) },
  ];
}

function refused(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "weather/sphericalCoarsening", expected, got });
}
