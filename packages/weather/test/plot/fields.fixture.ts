import type { Grid } from "../../src/index.js";

/** A field from a function of the place in degrees. */
export function fieldOf(grid: Grid, of: (longitude: number, latitude: number) => number): Float32Array {
  const rows = Array.from(grid.latitudes, (latitude) =>
    Array.from(grid.longitudes, (longitude) => of(longitude, latitude)),
  );
  return Float32Array.from(rows.flat());
}

/** Something like a geopotential: a gradient with waves, which `phase` moves. */
export function waves(grid: Grid, phase: number): Float32Array {
  const radians = Math.PI / 180;
  return fieldOf(grid, (longitude, latitude) => {
    const wave = Math.sin(5 * longitude * radians + phase) * Math.sin(2 * latitude * radians) ** 2;
    return 57000 - 9000 * Math.sin(latitude * radians) ** 2 + 1500 * wave;
  });
}
