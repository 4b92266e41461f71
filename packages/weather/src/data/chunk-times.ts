import type { Grid } from "../grid/grid.js";

/** Elements of a chunk of float32: a megabyte. */
const CHUNK_ELEMENTS = 2 ** 18;

/** Fields of successive times that a chunk of a series holds. @param times of the whole series */
export function chunkTimesOf({ latitudes, longitudes }: Grid, times: number): number {
  return Math.min(times, Math.max(1, Math.floor(CHUNK_ELEMENTS / (latitudes.length * longitudes.length))));
}
