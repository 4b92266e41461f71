import { NextscaleError } from "@nextscale/engine";
import { MOST_ELEMENTS, type NumberArray, type Slice } from "./dataset.js";

/** A slice in terms of positions: first index and count along each axis. */
export interface Region {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

/** What has named dimensions: a variable, or the definition of one. */
export interface Named {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
}

/** Number of elements of a shape. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/**
 * Turns a slice by dimension name into positions.
 *
 * @throws NextscaleError `invalid-argument` for an unknown dimension, a range outside the variable, or more than
 *   {@link MOST_ELEMENTS} elements
 */
export function regionOf({ name, dimensions, shape }: Named, slice: Slice = {}): Region {
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where: `weather/read ${name}`, expected, got });
  const stranger = Object.keys(slice).find((key) => !dimensions.includes(key));
  if (stranger !== undefined) throw refuse(`dimensions among ${dimensions.join(", ") || "none"}`, stranger);
  const ranges = dimensions.map((dimension, axis): readonly [number, number] => {
    const extent = shape[axis]!;
    const part = Object.hasOwn(slice, dimension) ? slice[dimension]! : ([0, extent] as const);
    const [start, stop] = typeof part === "number" ? [part, part + 1] : part;
    const valid = Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop && stop <= extent;
    if (!valid) throw refuse(`a range within 0 to ${extent} of ${dimension}`, `${start} to ${stop}`);
    return [start, stop];
  });
  const count = ranges.map(([start, stop]) => stop - start);
  if (elementsOf(count) > MOST_ELEMENTS) throw refuse(`at most ${MOST_ELEMENTS} elements`, `[${count.join(",")}]`);
  return { start: ranges.map(([start]) => start), count };
}

/** Calls `visit` with the first element and the length of each stretch of a region that is contiguous in the array. */
export function forEachRun(
  shape: readonly number[],
  { start, count }: Region,
  visit: (first: number, length: number) => void,
): void {
  if (elementsOf(count) === 0) return;
  let axis = shape.length;
  let length = 1;
  let inner = 1;
  // Trailing axes taken whole, and the first that is not, make one stretch.
  while (axis > 0) {
    axis--;
    length *= count[axis]!;
    inner *= shape[axis]!;
    if (count[axis] !== shape[axis]) break;
  }
  const stretchStart = start.slice(axis).reduce((sum, value, i) => sum * shape[axis + i]! + value, 0);
  const outer = elementsOf(count.slice(0, axis));
  for (let n = 0; n < outer; n++) {
    let rest = n;
    let first = stretchStart;
    let stride = inner;
    for (let k = axis - 1; k >= 0; k--) {
      first += (start[k]! + (rest % count[k]!)) * stride;
      rest = Math.floor(rest / count[k]!);
      stride *= shape[k]!;
    }
    visit(first, length);
  }
}

/**
 * Divides a region into parts of at most so many elements, in row-major order: what one contains follows what the one before
 * it contains, also in an array of the region alone.
 */
export function* partsOf(region: Region, most: number): Generator<Region> {
  const total = elementsOf(region.count);
  if (total === 0) return;
  if (total <= most) {
    yield region;
    return;
  }
  const axis = region.count.findIndex((extent) => extent > 1);
  const rows = Math.max(1, Math.floor((most * region.count[axis]!) / total));
  for (let row = 0; row < region.count[axis]!; row += rows) {
    const start = region.start.with(axis, region.start[axis]! + row);
    const count = region.count.with(axis, Math.min(rows, region.count[axis]! - row));
    yield* partsOf({ start, count }, most);
  }
}

/** A copy of a region of a row-major array. */
export function takeRegion<T extends NumberArray>(values: T, shape: readonly number[], region: Region): T {
  const result = new (values.constructor as new (length: number) => T)(elementsOf(region.count));
  let filled = 0;
  forEachRun(shape, region, (first, length) => {
    result.set(values.subarray(first, first + length), filled);
    filled += length;
  });
  return result;
}
