import fc from "fast-check";
import { expect, test } from "vitest";
import { covarianceOf, momentsOf } from "../../src/metrics/moments.js";
import { symmetricEigen } from "../../src/metrics/symmetric-eigen.js";
import { symmetricEigenvalues } from "../../src/metrics/symmetric-eigenvalues.js";
import { normalFeatures } from "../support/normal.js";

function agree(matrix: Float64Array, size: number): void {
  const values = symmetricEigenvalues(matrix, size);
  const { values: expected } = symmetricEigen(matrix, size);
  const largest = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  expected.forEach((value, i) => expect(Math.abs(values[i]! - value) / largest).toBeLessThan(1e-12));
}

test("without vectors the values are the same, of any symmetric matrix", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(), fc.boolean(), (size, seed, isSparse) => {
      const { data } = normalFeatures(size, size, seed);
      const matrix = Float64Array.from(data, (value) => (isSparse && Math.abs(value) < 1 ? 0 : value));
      for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) matrix[j * size + i] = matrix[i * size + j]!;
      const kept = matrix.slice();
      agree(matrix, size);
      expect(matrix).toEqual(kept);
    }),
  );
});

test("known values: a diagonal, a matrix of zeros, a chain of springs, a covariance of few vectors", () => {
  expect([...symmetricEigenvalues(Float64Array.of(3, 0, 0, 0, -1, 0, 0, 0, 2), 3)]).toEqual([-1, 2, 3]);
  expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
  const size = 40;
  const chain = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    chain[i * size + i] = 2;
    if (i > 0) chain[i * size + i - 1] = chain[(i - 1) * size + i] = -1;
  }
  symmetricEigenvalues(chain, size).forEach((value, i) => {
    expect(value).toBeCloseTo(4 * Math.sin(((i + 1) * Math.PI) / (2 * (size + 1))) ** 2, 12);
  });
  agree(covarianceOf(momentsOf(normalFeatures(10, 128, 4))), 128);
  // Control: another matrix has other values.
  expect(symmetricEigenvalues(chain.map((value) => 1.001 * value), size)[0]).not.toBeCloseTo(4 * Math.sin(Math.PI / 82) ** 2, 6); // prettier-ignore
});
