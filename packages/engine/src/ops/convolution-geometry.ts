import type { Attributes } from "../ir/program.js";
import { numbersOf } from "./attributes.js";
import { forEachIndex, offsetOf, stridesOf } from "./reference.js";

/** One spatial axis of a convolution. */
export interface SpatialAxis {
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
}

/** The vertical and the horizontal axis, from attributes strides [sy, sx], padding [top, bottom, left, right], dilations [dy, dx]. */
export function spatialAxes(attributes: Attributes): readonly [SpatialAxis, SpatialAxis] {
  const strides = numbersOf(attributes, "strides");
  const dilations = numbersOf(attributes, "dilations");
  const padding = numbersOf(attributes, "padding");
  const axis = (i: number): SpatialAxis => ({
    stride: strides[i]!,
    dilation: dilations[i]!,
    before: padding[2 * i]!,
    after: padding[2 * i + 1]!,
  });
  return [axis(0), axis(1)];
}

/** Extent of a filter including its gaps. */
export function reach(axis: SpatialAxis, filter: number): number {
  return (filter - 1) * axis.dilation + 1;
}

/** Shape of the convolution of images x [n, height, width, c] with filters w [kh, kw, c, o]. */
export function convolvedShape(x: readonly number[], w: readonly number[], attributes: Attributes): readonly number[] {
  const spatial = spatialAxes(attributes).map(
    (axis, i) => Math.floor((x[i + 1]! + axis.before + axis.after - reach(axis, w[i]!)) / axis.stride) + 1,
  );
  return [x[0]!, ...spatial, w[3]!];
}

/** Calls `visit` with the offsets into x, w and y of every product that the convolution y = x * w sums. */
export function forEachProduct(
  x: readonly number[],
  w: readonly number[],
  attributes: Attributes,
  visit: (x: number, w: number, y: number) => void,
): void {
  const [vertical, horizontal] = spatialAxes(attributes);
  const y = convolvedShape(x, w, attributes);
  const [stridesX, stridesW, stridesY] = [stridesOf(x), stridesOf(w), stridesOf(y)];
  forEachIndex([...y.slice(0, 3), w[0]!, w[1]!], ([n, row, column, i, j]) => {
    const fromRow = row! * vertical.stride - vertical.before + i! * vertical.dilation;
    const fromColumn = column! * horizontal.stride - horizontal.before + j! * horizontal.dilation;
    if (fromRow < 0 || fromRow >= x[1]! || fromColumn < 0 || fromColumn >= x[2]!) return;
    const atX = offsetOf([n!, fromRow, fromColumn, 0], stridesX);
    const atW = offsetOf([i!, j!, 0, 0], stridesW);
    const atY = offsetOf([n!, row!, column!, 0], stridesY);
    for (let c = 0; c < w[2]!; c++) for (let o = 0; o < w[3]!; o++) visit(atX + c, atW + c * w[3]! + o, atY + o);
  });
}
