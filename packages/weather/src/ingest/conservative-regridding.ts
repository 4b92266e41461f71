import type { Grid } from "../grid/grid.js";
import { columnEdges, rowEdges } from "./cell-edges.js";

/** A field of one grid on another: [latitude, longitude] to [latitude, longitude], rows from south to north. */
export type Regridding = (field: ArrayLike<number>) => Float64Array;

/**
 * Conservative regridding of first order: a cell gets the mean of what it overlaps, by area (Jones 1999, doi
 * 10.1175/1520-0493(1999)127<2204:FASOCR>2.0.CO;2), so integrals over the areas of the grids are kept. NaN cells are left
 * out with their area, and so is what lies outside the source; a cell that overlaps nothing else is NaN. Between equal grids
 * fields are copied.
 */
export function conservativeRegridding(from: Grid, to: Grid): Regridding {
  if (isSameGrid(from, to)) return (field) => Float64Array.from(field);
  const rows = overlapsOf(rowEdges(from), rowEdges(to), [0]);
  // A grid may count its longitudes from elsewhere.
  const columns = overlapsOf(columnEdges(from), columnEdges(to), [-360, 0, 360]);
  const [width, newWidth] = [from.longitudes.length, to.longitudes.length];
  return (field) => {
    const result = new Float64Array(to.latitudes.length * newWidth);
    const mass = new Float64Array(newWidth);
    const area = new Float64Array(newWidth);
    for (let row = 0; row < to.latitudes.length; row++) {
      mass.fill(0);
      area.fill(0);
      forEachOverlap(rows, row, (source, height) => {
        for (let column = 0; column < newWidth; column++) {
          let [sum, weight] = [0, 0];
          for (let k = columns.first[column]!; k < columns.first[column + 1]!; k++) {
            const value = field[source * width + columns.source[k]!]!;
            if (Number.isNaN(value)) continue;
            sum += columns.length[k]! * value;
            weight += columns.length[k]!;
          }
          mass[column]! += height * sum;
          area[column]! += height * weight;
        }
      });
      for (let column = 0; column < newWidth; column++) {
        const share = area[column]! / (rows.extent[row]! * columns.extent[column]!);
        result[row * newWidth + column] = share > LEAST_SHARE ? mass[column]! / area[column]! : NaN;
      }
    }
    return result;
  };
}

/** Coordinates are often float32, so cells that only touch seem to overlap by about a ten-millionth. */
const LEAST_SHARE = 1e-6;

/** Degrees by which coordinates of equal grids may differ: what float32 does to them. */
const SAME_DEGREES = 1e-4;

function isSameGrid(a: Grid, b: Grid): boolean {
  const isSame = (x: Float64Array, y: Float64Array) =>
    x.length === y.length && x.every((value, i) => Math.abs(value - y[i]!) < SAME_DEGREES);
  return a.kind === b.kind && isSame(a.latitudes, b.latitudes) && isSame(a.longitudes, b.longitudes);
}

/** Which source cells each target cell overlaps along one axis: those of target i are numbers first[i] to first[i + 1]. */
interface Overlaps {
  readonly first: Int32Array;
  readonly source: Int32Array;
  readonly length: Float64Array;
  /** Lengths of the target cells. */
  readonly extent: Float64Array;
}

/** @param shifts by which the source is moved: it may overlap after some of them */
function overlapsOf(from: Float64Array, to: Float64Array, shifts: readonly number[]): Overlaps {
  const [first, source, length]: [number[], number[], number[]] = [[0], [], []];
  const extent: number[] = [];
  for (let target = 0; target + 1 < to.length; target++) {
    for (const shift of shifts) {
      for (let cell = 0; cell + 1 < from.length; cell++) {
        const common = Math.min(from[cell + 1]! + shift, to[target + 1]!) - Math.max(from[cell]! + shift, to[target]!);
        if (common <= 0) continue;
        source.push(cell);
        length.push(common);
      }
    }
    first.push(source.length);
    extent.push(to[target + 1]! - to[target]!);
  }
  return {
    first: Int32Array.from(first),
    source: Int32Array.from(source),
    length: Float64Array.from(length),
    extent: Float64Array.from(extent),
  };
}

function forEachOverlap(
  { first, source, length }: Overlaps,
  target: number,
  visit: (source: number, length: number) => void,
): void {
  for (let k = first[target]!; k < first[target + 1]!; k++) visit(source[k]!, length[k]!);
}
