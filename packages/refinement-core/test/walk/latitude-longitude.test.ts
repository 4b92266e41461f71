import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Coarsening } from "../../src/pyramid/coarsening.js";
import { hostGrid, tensorGrid, type GridArithmetic } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import { gaussianPyramid, laplacianPyramid, reconstruct } from "../../src/pyramid/pyramid.js";
import { areaMatrix, areaWeights, bilinearMatrix, replicationMatrix } from "../../src/pyramid/resize.js";
import { identityQuantiser } from "../../src/quantiser/quantiser.js";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { encode } from "../../src/walk/encode.js";
import { given } from "../../src/walk/given.js";
import { laplacianScales } from "../../src/walk/laplacian-scales.js";
import { sampled } from "../../src/walk/sampled.js";
import type { Step } from "../../src/walk/scale.js";
import { walk } from "../../src/walk/walk.js";
import { latticeQuantiser } from "./lattice-quantiser.js";
import { onCpu } from "../support/cpu.js";

onCpu();

/*
 * A global grid of 16 latitudes and 32 longitudes without poles, two variables. Analysis is the area-weighted mean of
 * 2x2 cells, expansion either replication (the weighted Haar transform) or bilinear interpolation made consistent with
 * the analysis: U z = B z + U0 (z - D B z).
 */
const LATITUDES = 16;
const LONGITUDES = 32;
const DEPTH = 3;

/** Cell areas: sin(upper) - sin(lower). */
const AREAS = Float64Array.from({ length: LATITUDES }, (_, i) => {
  const edge = (k: number) => Math.sin((k / LATITUDES - 0.5) * Math.PI);
  return edge(i + 1) - edge(i);
});
const areasAt = (level: number) => areaWeights(AREAS, LATITUDES / 2 ** level);

function sphere<X>(grid: GridArithmetic<X>, expansion: "replicate" | "consistent bilinear"): Coarsening<X> {
  const operators = Array.from({ length: DEPTH }, (_, level) => {
    const [rows, columns] = [LATITUDES / 2 ** level, LONGITUDES / 2 ** level];
    return {
      down: { rows: areaMatrix(rows, rows / 2, areasAt(level)), columns: areaMatrix(columns, columns / 2) },
      replicate: { rows: replicationMatrix(rows / 2, rows), columns: replicationMatrix(columns / 2, columns) },
      bilinear: { rows: bilinearMatrix(rows / 2, rows), columns: bilinearMatrix(columns / 2, columns, "periodic") },
    };
  });
  return {
    coarsen: (fine, level) => grid.apply(operators[level]!.down, fine),
    expand: (coarse, level) => {
      const { down, replicate, bilinear } = operators[level]!;
      if (expansion === "replicate") return grid.apply(replicate, coarse);
      const smooth = grid.apply(bilinear, coarse);
      return grid.add(smooth, grid.apply(replicate, grid.subtract(coarse, grid.apply(down, smooth))));
    },
    subtract: (fine, guess) => grid.subtract(fine, guess),
    add: (guess, residual) => grid.add(guess, residual),
  };
}

const stream = randomStream(2, "sphere");
const field = (item: number): HostTensor =>
  hostTensor([1, LATITUDES, LONGITUDES, 2], normals(stream, { items: [item], draws: 2 * LATITUDES * LONGITUDES }));
const start = hostTensor([1, 2, 4, 2]);
const largest = ({ data }: HostTensor) => data.reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
const difference = (a: HostTensor, b: HostTensor) => hostGrid.subtract(a, b);

/** Area-weighted sum of f over the cells of a level. */
function integral({ shape: [, height = 0, width = 0, channels = 0], data }: HostTensor, f: (x: number) => number) {
  const weights = areaWeights(AREAS, height);
  return data.reduce((sum, x, i) => sum + (weights[Math.floor(i / (width * channels))]! * f(x)) / width, 0);
}

/** The field turned eastwards by a number of cells. */
function turned({ shape, data }: HostTensor, cells: number): HostTensor {
  const [, , width = 0, channels = 0] = shape;
  const source = (i: number) => {
    const column = Math.floor(i / channels) % width;
    return i + (((column - cells + width) % width) - column) * channels;
  };
  return { shape, data: data.map((_, i) => data[source(i)]!) };
}

const bilinearSphere = sphere(hostGrid, "consistent bilinear");
const lattice = latticeQuantiser((scale) => 0.5 / (scale + 1));

test.each(["replicate", "consistent bilinear"] as const)(
  "%s: reconstructs, and details have no area mean",
  (expansion) => {
    const coarsening = sphere(hostGrid, expansion);
    const x = field(0);
    const pyramid = laplacianPyramid(coarsening, x, DEPTH);
    expect(largest(difference(reconstruct(coarsening, pyramid), x))).toBeLessThan(1e-5);
    pyramid.residuals.forEach((detail, level) => {
      expect(largest(coarsening.coarsen(detail, level))).toBeLessThan(1e-5);
    });
    expect(integral(pyramid.coarsest, (v) => v)).toBeCloseTo(
      integral(x, (v) => v),
      4,
    );
  },
);

test("with replication the levels are orthogonal: area-weighted energies add up", () => {
  const x = field(1);
  const { coarsest, residuals } = laplacianPyramid(sphere(hostGrid, "replicate"), x, DEPTH);
  const energy = (y: HostTensor) => integral(y, (v) => v * v);
  expect([coarsest, ...residuals].map(energy).reduce((a, b) => a + b)).toBeCloseTo(energy(x), 4);
});

test("control: unweighted averaging does not keep the area mean", () => {
  const plain = { rows: areaMatrix(LATITUDES, 2), columns: areaMatrix(LONGITUDES, 4) };
  const x = field(0);
  expect(Math.abs(integral(hostGrid.apply(plain, x), (v) => v) - integral(x, (v) => v))).toBeGreaterThan(1e-3);
});

test("a field is encoded and decoded, and every scale keeps what coarser scales said", () => {
  fc.assert(
    fc.property(fc.nat(1000), (item) => {
      const levels = gaussianPyramid(bilinearSphere, field(item), DEPTH);
      const scales = laplacianScales(bilinearSphere, DEPTH);
      const encoded = [...walk(scales, start, encode(lattice, levels))];
      const decoded = [...walk(scales, start, given(lattice, encoded.map(({ codes }) => codes)))]; // prettier-ignore
      decoded.forEach(({ state }, k) => {
        expect(state).toEqual(encoded[k]!.state);
        expect(largest(difference(state, levels[DEPTH - k]!))).toBeLessThanOrEqual(0.25 / (k + 1) + 1e-6);
      });
    }),
    { numRuns: 10 },
  );
});

test("turning the field turns the codes: longitude has no seam", () => {
  const scales = laplacianScales(bilinearSphere, DEPTH);
  const codesOf = (x: HostTensor) => {
    const visits = [...walk(scales, start, encode(lattice, gaussianPyramid(bilinearSphere, x, DEPTH)))];
    return visits.map(({ codes }) => ({ shape: codes.shape, data: Float32Array.from(codes.data) }));
  };
  const turn = 2 ** DEPTH;
  codesOf(turned(field(3), turn)).forEach((codes, k) => {
    expect(codes).toEqual(turned(codesOf(field(3))[k]!, turn / 2 ** (DEPTH - k)));
  });
});

test("an ensemble is sampled with a toy refiner, each member by its own numbers", () => {
  const scales = laplacianScales(bilinearSphere, DEPTH);
  type FieldStep = Step<readonly HostTensor[], HostTensor, HostTensor, HostTensor>;
  /** Draws a member's detail with a deviation that falls with the scale; the code of a value is the value. */
  const member = (item: number) => {
    const predict =
      () =>
      ({ context, index }: FieldStep) => ({ shape: context.shape, deviation: 1 / (index + 1) });
    const draw = (index: number, { shape, deviation }: { shape: readonly number[]; deviation: number }) => {
      const noise = normals(stream, { items: [item], scale: index, sites: shape[1]! * shape[2]!, draws: 2 });
      return hostTensor(shape, noise.map((z) => z * deviation)); // prettier-ignore
    };
    const visits = [...walk(scales, start, sampled(identityQuantiser<HostTensor>(), predict, draw))];
    return visits[DEPTH]!.state;
  };
  const ensemble = [0, 1, 2].map(member);
  expect(ensemble[0]!.shape).toEqual([1, LATITUDES, LONGITUDES, 2]);
  expect(largest(difference(ensemble[0]!, ensemble[1]!))).toBeGreaterThan(0.1);
  expect(member(2)).toEqual(ensemble[2]);
});

test("tensors walk as host arrays do", () => {
  const x = field(4);
  const identity = <T>() => identityQuantiser<T>();
  const hostLevels = gaussianPyramid(bilinearSphere, x, DEPTH);
  const onHost = [...walk(laplacianScales(bilinearSphere, DEPTH), start, encode(identity<HostTensor>(), hostLevels))];
  const onTensors = sphere(tensorGrid, "consistent bilinear");
  const tensorLevels = gaussianPyramid(onTensors, tf.tensor(x.data, [...x.shape]), DEPTH);
  const walked = walk(
    laplacianScales(onTensors, DEPTH),
    tf.zeros([1, 2, 4, 2]),
    encode(identity<tf.Tensor>(), tensorLevels),
  );
  for (const { index, state } of walked) {
    const asHost = hostTensor(state.shape, state.dataSync() as Float32Array);
    expect(largest(difference(asHost, onHost[index]!.state))).toBeLessThan(1e-5);
  }
});
