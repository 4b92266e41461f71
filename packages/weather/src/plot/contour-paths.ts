import { contours } from "d3-contour";
import type { MapFrame } from "./map-frame.js";
import type { FieldSampler } from "./sample-field.js";

/** Distance of the samples that contours are drawn through, in pixels: with a finer one they look the same. */
const SAMPLE = 2;

/** A field at the samples of a map. */
export interface SampledMap {
  readonly columns: number;
  readonly rows: number;
  /** [row from the top][column], NaN where masked. */
  readonly values: Float64Array;
}

/**
 * A field sampled in the plane of the picture, where contours need not know of poles and seams. The samples reach beyond the
 * frame on all sides, so that no contour runs along its edge.
 */
export function sampleMap({ width, height, projection }: MapFrame, sampler: FieldSampler): SampledMap {
  const columns = Math.ceil(width / SAMPLE) + 2;
  const rows = Math.ceil(height / SAMPLE) + 2;
  const values = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = projection.invert!([(column - 0.5) * SAMPLE, (row - 0.5) * SAMPLE]);
      values[row * columns + column] = place === null ? Number.NaN : sampler(...place);
    }
  }
  return { columns, rows, values };
}

/**
 * For each threshold the path around all that is not below it, in pixels of the frame (marching squares with linear
 * interpolation). Masked samples are outside of all of them.
 */
export function contourPaths({ columns, rows, values }: SampledMap, thresholds: readonly number[]): string[] {
  const generator = contours().size([columns, rows]);
  const samples = values as unknown as number[];
  return thresholds.map((threshold) => generator.contour(samples, threshold).coordinates.flat().map(ringPath).join(""));
}

/** A closed ring, whose last point repeats its first; points on straight horizontal or vertical runs are left out. */
function ringPath(ring: readonly (readonly number[])[]): string {
  const points = ring.slice(1).map(([x, y]) => [pixel(x!), pixel(y!)] as const);
  const corners = points.filter(([x, y], i) => {
    const [x0, y0] = points.at(i - 1)!;
    const [x1, y1] = points[(i + 1) % points.length]!;
    return !((x0 === x && x === x1) || (y0 === y && y === y1));
  });
  return corners.length < 3 ? "" : `M${corners.map((point) => point.join(",")).join("L")}Z`;
}

/** A tenth of a pixel is below what one sees, and a map has thousands of points. */
function pixel(sample: number): number {
  return Math.round((sample - 1) * SAMPLE * 10) / 10;
}
