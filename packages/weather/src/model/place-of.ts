import { cellCount, type FieldLayout } from "../verification/case.js";

/** What a number of a field [channel][latitude][longitude] is of: `t850 at 47.1 N, 11.3 E`. */
export function placeOf(layout: FieldLayout, at: number): string {
  const { latitudes, longitudes } = layout.grid;
  const cell = at % cellCount(layout);
  const latitude = latitudes[Math.floor(cell / longitudes.length)]!;
  const longitude = longitudes[cell % longitudes.length]!;
  const degrees = (value: number, positive: string, negative: string) =>
    `${Math.abs(value).toFixed(1)} ${value < 0 ? negative : positive}`;
  const place = `${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}`;
  return `${layout.channels[Math.floor(at / cellCount(layout))]!} at ${place}`;
}
