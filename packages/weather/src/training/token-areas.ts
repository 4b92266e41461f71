import { areaWeights } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Grid } from "../grid/grid.js";
import type { ScaleTokens } from "../refiner/token-grids.js";

/** Area of each token of a scale, [1, tokens], 1 on average. */
export function tokenAreas(grid: Grid, { latitudes, longitudes, count }: ScaleTokens): tf.Tensor {
  const rows = areaWeights(grid.areaWeights, latitudes.length);
  return tf.tensor2d(Float32Array.from(Array.from(longitudes, () => Array.from(rows)).flat()), [1, count]);
}

/** Area of each cell, [1, H, 1, 1], 1 on average. */
export function cellAreas({ areaWeights: rows }: Grid): tf.Tensor {
  return tf.tensor4d(Float32Array.from(rows), [1, rows.length, 1, 1]);
}
