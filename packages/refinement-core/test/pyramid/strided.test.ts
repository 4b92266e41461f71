import { expect, test } from "vitest";
import { gaussianSteps, gridCoarsening } from "../../src/pyramid/grid-coarsening.js";
import { hostGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor } from "../../src/pyramid/host-tensor.js";
import { gaussianPyramid, laplacianPyramid, reconstruct } from "../../src/pyramid/pyramid.js";
import { strided } from "../../src/pyramid/strided.js";
import { normals } from "../support/random.js";

const whole = gridCoarsening(hostGrid, gaussianSteps([16, 16], 3));
const field = hostTensor([1, 16, 16, 2], normals("field", 512));

test("its levels are some of the whole pyramid's, and it reconstructs", () => {
  const some = strided(whole, [0, 2, 3]);
  const levels = gaussianPyramid(whole, field, 3);
  expect(gaussianPyramid(some, field, 2)).toEqual([levels[0], levels[2], levels[3]]);
  const again = reconstruct(some, laplacianPyramid(some, field, 2));
  again.data.forEach((value, i) => expect(value).toBeCloseTo(field.data[i]!, 5));
});

test("its expansion is that of the levels between, one after the other", () => {
  const some = strided(whole, [0, 2]);
  const coarse = gaussianPyramid(whole, field, 2)[2]!;
  expect(some.expand(coarse, 0)).toEqual(whole.expand(whole.expand(coarse, 1), 0));
});
