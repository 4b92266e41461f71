import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianBlur, gaussianDown, gaussianUp, halved } from "../../src/pyramid/gaussian.js";
import { multiplyMatrices, transposeMatrix, type Matrix } from "../../src/pyramid/matrix.js";
import { areaMatrix, areaWeights, bicubicMatrix, bilinearMatrix, replicationMatrix } from "../../src/pyramid/resize.js";

const row = (a: Matrix, i: number) => [...a.data.subarray(i * a.columns, (i + 1) * a.columns)];
const rowSum = (a: Matrix, i: number) => row(a, i).reduce((sum, value) => sum + value, 0);
const apply = (a: Matrix, x: readonly number[]) =>
  Array.from({ length: a.rows }, (_, i) => row(a, i).reduce((sum, value, j) => sum + value * x[j]!, 0));
const size = fc.integer({ min: 1, max: 40 });

const operators: [string, (n: number, m: number) => Matrix][] = [
  ["gaussianBlur", (n) => gaussianBlur(n)],
  ["gaussianBlur, periodic", (n) => gaussianBlur(n, "periodic")],
  ["gaussianDown", (n) => gaussianDown(n)],
  ["gaussianUp", (n) => gaussianUp(n)],
  ["gaussianUp, periodic", (n) => gaussianUp(2 * n, "periodic")],
  ["areaMatrix", (n, m) => areaMatrix(Math.max(n, m), Math.min(n, m))],
  ["bicubicMatrix", (n, m) => bicubicMatrix(n, m)],
  ["bicubicMatrix, periodic", (n, m) => bicubicMatrix(n, m, "periodic")],
  ["bilinearMatrix", (n, m) => bilinearMatrix(n, m)],
  ["bilinearMatrix, periodic", (n, m) => bilinearMatrix(n, m, "periodic")],
  ["replicationMatrix", (n, m) => replicationMatrix(n, m)],
];

test.each(operators)("%s keeps constants, at the borders too", (_, make) => {
  fc.assert(
    fc.property(size, size, (n, m) => {
      const a = make(n, m);
      for (let i = 0; i < a.rows; i++) expect(rowSum(a, i)).toBeCloseTo(1, 12);
    }),
  );
});

test("control: expansion with zero padding loses part of a constant at the border", () => {
  const kernel = [1, 4, 6, 4, 1].map((weight) => weight / 8);
  const zeroInserted = [1, 0, 1, 0, 1, 0];
  const padded = (i: number) => kernel.reduce((sum, weight, k) => sum + weight * (zeroInserted[i + k - 2] ?? 0), 0);
  expect(padded(2)).toBe(1);
  expect(padded(0)).toBeLessThan(1);
});

test("the impulse response of down and up is the kernel", () => {
  expect(row(gaussianBlur(9), 4)).toEqual([0, 0, 1, 4, 6, 4, 1, 0, 0].map((weight) => weight / 16));
  expect(row(gaussianDown(9), 2)).toEqual(row(gaussianBlur(9), 4));
  expect(row(transposeMatrix(gaussianUp(9)), 2)).toEqual([0, 0, 1, 4, 6, 4, 1, 0, 0].map((weight) => weight / 8));
});

test("reflect-101 mirrors without repeating the end sample", () => {
  expect(row(gaussianBlur(5), 0)).toEqual([6, 8, 2, 0, 0].map((weight) => weight / 16));
  expect(row(gaussianBlur(5), 1)).toEqual([4, 7, 4, 1, 0].map((weight) => weight / 16));
});

test("odd sizes halve upwards: 7 -> 4 -> 2 -> 1", () => {
  expect([7, 4, 2, 1].map(halved)).toEqual([4, 2, 1, 1]);
  for (const n of [7, 4, 2, 1]) {
    expect([gaussianDown(n).rows, gaussianDown(n).columns]).toEqual([halved(n), n]);
    expect([gaussianUp(n).rows, gaussianUp(n).columns]).toEqual([n, halved(n)]);
  }
});

test("a shift of two samples of a periodic axis is a shift of one after down, and comes back after up", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 8, maxLength: 8 }), (x) => {
      const shifted = [...x.slice(-2), ...x.slice(0, -2)];
      const down = apply(gaussianDown(8, "periodic"), x);
      const downShifted = apply(gaussianDown(8, "periodic"), shifted);
      downShifted.forEach((value, i) => {
        expect(value).toBeCloseTo(down[(i + 3) % 4]!, 12);
      });
      const up = apply(gaussianUp(8, "periodic"), down);
      const upShifted = apply(gaussianUp(8, "periodic"), downShifted);
      upShifted.forEach((value, i) => {
        expect(value).toBeCloseTo(up[(i + 6) % 8]!, 12);
      });
    }),
  );
});

test("a periodic axis of odd size cannot be expanded", () => {
  try {
    gaussianUp(7, "periodic");
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});

test("area windows overlap where sizes do not divide", () => {
  const support = (a: Matrix) =>
    Array.from({ length: a.rows }, (_, i) => {
      const weights = row(a, i);
      return [weights.findIndex((w) => w > 0), weights.findLastIndex((w) => w > 0) + 1];
    });
  expect(support(areaMatrix(5, 3))).toEqual([[0, 2], [1, 4], [3, 5]]); // prettier-ignore
  expect(support(areaMatrix(7, 4))).toEqual([[0, 2], [1, 4], [3, 6], [5, 7]]); // prettier-ignore
  expect(row(areaMatrix(7, 4), 1)).toEqual([0, 1 / 3, 1 / 3, 1 / 3, 0, 0, 0]);
});

test("bicubic weights of an enlargement by two are those of A = -0.75", () => {
  const inner = row(bicubicMatrix(8, 16), 6);
  expect(inner.filter((weight) => weight !== 0)).toEqual([-0.03515625, 0.26171875, 0.87890625, -0.10546875]);
  expect(row(bicubicMatrix(8, 16), 7).filter((weight) => weight !== 0)).toEqual([-0.10546875, 0.87890625, 0.26171875, -0.03515625]); // prettier-ignore
});

test("enlarging one sample gives a constant", () => {
  for (const make of [bicubicMatrix, bilinearMatrix, replicationMatrix]) {
    for (const weight of make(1, 7).data) expect(weight).toBeCloseTo(1, 12);
  }
});

test("bilinear interpolation of a linear ramp is exact in the interior, of two periodic samples it wraps", () => {
  const ramp = Array.from({ length: 12 }, (_, i) => i);
  apply(bilinearMatrix(12, 24), ramp).forEach((value, i) => {
    if (i > 0 && i < 23) expect(value).toBeCloseTo((i + 0.5) / 2 - 0.5, 12);
  });
  expect(apply(bilinearMatrix(2, 4, "periodic"), [0, 4])).toEqual([1, 1, 3, 3]);
});

test("bicubic interpolation of a linear ramp is exact half-way between samples, and off by 3/64 at quarters", () => {
  const ramp = Array.from({ length: 24 }, (_, i) => i);
  const halfWay = apply(bicubicMatrix(24, 12), ramp);
  for (let i = 1; i < 11; i++) expect(halfWay[i]).toBeCloseTo(2 * i + 0.5, 12);
  // The first moment of the kernel is right everywhere only for A = -0.5; for A = -0.75 a quarter point is 0.296875.
  const quarters = apply(bicubicMatrix(24, 48), ramp);
  for (let i = 4; i < 44; i++) expect(quarters[i]).toBeCloseTo((i + 0.5) / 2 - 0.5 + (i % 2 ? 3 / 64 : -3 / 64), 12);
});

test("no resizing is the identity", () => {
  for (const make of [areaMatrix, bicubicMatrix, bilinearMatrix, replicationMatrix]) {
    expect(make(5, 5).data).toEqual(Float64Array.from({ length: 25 }, (_, i) => Number(i % 6 === 0)));
  }
});

test("replication is the adjoint of weighted area averaging, and its right inverse", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 3 }),
      fc.infiniteStream(fc.double({ min: 0.1, max: 2, noNaN: true })),
      (coarse, factor, values) => {
        const fine = coarse * factor;
        const take = (n: number) => Array.from({ length: n }, () => values.next().value);
        const weights = take(fine);
        const down = areaMatrix(fine, coarse, weights);
        const up = replicationMatrix(coarse, fine);
        const coarseWeights = areaWeights(weights, coarse);
        const [x, y] = [take(fine), take(coarse)];
        const left = apply(down, x).reduce((sum, value, i) => sum + coarseWeights[i]! * value * y[i]!, 0);
        const right = apply(up, y).reduce((sum, value, i) => sum + weights[i]! * value * x[i]!, 0);
        expect(left).toBeCloseTo(right, 10);
        multiplyMatrices(down, up).data.forEach((value, i) => {
          expect(value).toBeCloseTo(Number(i % (coarse + 1) === 0), 12);
        });
      },
    ),
  );
});

test.each([
  ["a larger area", () => areaMatrix(3, 4)],
  ["no outputs", () => areaMatrix(3, 0)],
  ["a weight of zero", () => areaMatrix(2, 1, [1, 0])],
  ["a missing weight", () => areaMatrix(2, 1, [1, undefined as unknown as number])],
  ["too few weights", () => areaMatrix(3, 1, [1, 1])],
  ["overlapping windows", () => areaWeights([1, 1, 1], 2)],
  ["half a sample", () => bicubicMatrix(2, 2.5)],
])("%s is refused", (_, act) => {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(isNextscaleError(thrown, "invalid-argument")).toBe(true);
});
