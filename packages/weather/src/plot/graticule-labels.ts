import type { MapFrame } from "./map-frame.js";
import { label } from "./markup.js";

/** Room that the labels take left of and below a map. */
export const GRATICULE_LABELS = { left: 34, below: 16 } as const;

/** Degrees at the western and southern edge of a map. On a globe meridians end in the pole and have none. */
export function graticuleLabels({ bounds, graticule, projection, outline }: MapFrame): string {
  const { west, east, south, north } = bounds;
  const parallels = multiplesWithin(south, north, graticule).filter((latitude) => Math.abs(latitude) < 90);
  const left = parallels.flatMap((latitude) => {
    const place = projection([west + 1e-6, latitude]);
    return place === null
      ? []
      : [
          label(degrees(latitude, "N", "S"), {
            x: place[0] - 5,
            y: place[1] + 3.5,
            "text-anchor": "end",
            "font-size": 10,
          }),
        ];
  });
  if ("type" in outline && outline.type === "Sphere") return left.join("");
  const below = multiplesWithin(west, east, graticule).flatMap((longitude) => {
    const place = projection([longitude, south]);
    return place === null
      ? []
      : [
          label(degrees(longitude, "E", "W"), {
            x: place[0],
            y: place[1] + 13,
            "text-anchor": "middle",
            "font-size": 10,
          }),
        ];
  });
  return [...left, ...below].join("");
}

function multiplesWithin(least: number, largest: number, step: number): number[] {
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(largest / step) - first + 1 }, (_, i) => (first + i) * step);
}

/** 30°N, 0°, 20°W; longitudes beyond 180 are counted from the other side. */
function degrees(value: number, positive: string, negative: string): string {
  const within = ((((value + 180) % 360) + 360) % 360) - 180;
  if (within === 0) return "0°";
  return `${Math.abs(within)}°${within > 0 ? positive : negative}`;
}
