import { gaussianPyramid } from "../../src/pyramid/pyramid.js";
import { gaussianSteps, gridCoarsening } from "../../src/pyramid/grid-coarsening.js";
import { hostGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { areaMatrix, bicubicMatrix } from "../../src/pyramid/resize.js";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { accumulationScales } from "../../src/walk/accumulation-scales.js";
import { laplacianScales } from "../../src/walk/laplacian-scales.js";
import type { Scale } from "../../src/walk/scale.js";

export const SIZE = 7;

/** A random grid [2, 7, 7, 3]. */
export function randomGrid(item: number): HostTensor {
  const shape = [2, SIZE, SIZE, 3];
  return hostTensor(shape, normals(randomStream(7, "two-forms"), { items: [item], draws: 2 * SIZE * SIZE * 3 }));
}

/** A refinement of grids, whatever its data type is, closed over the data of one grid. */
export interface Form {
  readonly name: string;
  readonly scales: readonly Scale<unknown, HostTensor, HostTensor, HostTensor>[];
  readonly start: HostTensor;
  data(grid: HostTensor): unknown;
}

const laplacianCoarsening = gridCoarsening(hostGrid, gaussianSteps([SIZE, SIZE], 3));

/** The paper's form: 1 -> 2 -> 4 -> 7, each state at its own resolution. */
export const laplacianForm: Form = {
  name: "Laplacian",
  scales: laplacianScales(laplacianCoarsening, 3),
  start: hostTensor([2, 1, 1, 3]),
  data: (grid) => gaussianPyramid(laplacianCoarsening, grid, 3),
};

/** VAR's form: 1, 2, 3, 4, 7, all added up at 7. */
export const accumulationForm: Form = {
  name: "accumulation",
  scales: accumulationScales(
    [1, 2, 3, 4, 7].map((side) => {
      const down = { rows: areaMatrix(SIZE, side), columns: areaMatrix(SIZE, side) };
      const up = { rows: bicubicMatrix(side, SIZE), columns: bicubicMatrix(side, SIZE) };
      return { down: (x: HostTensor) => hostGrid.apply(down, x), up: (x: HostTensor) => hostGrid.apply(up, x) };
    }),
    hostGrid,
  ),
  start: hostTensor([2, SIZE, SIZE, 3]),
  data: (grid) => grid,
};

export const forms = [laplacianForm, accumulationForm];
