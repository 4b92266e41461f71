import { element, type MarkupAttributes } from "../formats/markup.js";

/** A node: where, how large, and what it looks like. */
export interface Marker {
  readonly x: number;
  readonly y: number;
  /** Radius of a disc of the same area. */
  readonly radius: number;
  /** Which shape: labels are told apart without colours. */
  readonly shape: number;
  readonly attributes: MarkupAttributes;
}

/** Regular polygons by corners and turn of the first; a disc has none. */
const SHAPES = [
  undefined,
  { corners: 4, turn: 45 },
  { corners: 3, turn: -90 },
  { corners: 4, turn: 0 },
  { corners: 6, turn: 0 },
  { corners: 3, turn: 90 },
] as const;

/** A disc, square, triangle, diamond, hexagon or triangle upside down, all of one area. */
export function marker({ x, y, radius, shape, attributes }: Marker): string {
  const polygon = SHAPES[shape % SHAPES.length];
  if (polygon === undefined) return element("circle", { cx: x, cy: y, r: radius, ...attributes });
  const { corners, turn } = polygon;
  // A regular polygon of n corners at distance R has the area n/2 R^2 sin(2 pi/n).
  const outer = radius * Math.sqrt((2 * Math.PI) / (corners * Math.sin((2 * Math.PI) / corners)));
  const points = Array.from({ length: corners }, (_, i) => {
    const angle = ((turn + (360 * i) / corners) * Math.PI) / 180;
    return `${(x + outer * Math.cos(angle)).toFixed(2)},${(y + outer * Math.sin(angle)).toFixed(2)}`;
  });
  return element("polygon", { points: points.join(" "), ...attributes });
}
