import { NextscaleError } from "@nextscale/engine";
import { identityMatrix, matrixFromTaps, type Matrix } from "./matrix.js";

/**
 * What lies beyond the ends of an axis: nothing (`bounded`; the Gaussian operators mirror there without repeating the
 * end sample, "reflect-101", the resizing operators repeat it) or the other end (`periodic`; longitude).
 */
export type AxisKind = "bounded" | "periodic";

/** The generating kernel of Burt and Adelson (1983) with a = 3/8, as the paper's section 4 has it. */
const KERNEL = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/** Extent after one decimation: 7 -> 4 -> 2 -> 1. */
export function halved(size: number): number {
  return Math.ceil(size / 2);
}

/** Low-pass filtering with [1, 4, 6, 4, 1]/16 of an axis of `size`, same size. */
export function gaussianBlur(size: number, kind: AxisKind = "bounded"): Matrix {
  return kernelMatrix(size, kind, 1);
}

/** down(): low-pass filtering, then every other sample, the first included: [ceil(size/2), size]. Rows sum to 1. */
export function gaussianDown(size: number, kind: AxisKind = "bounded"): Matrix {
  const blur = gaussianBlur(size, kind);
  const rows = halved(size);
  return matrixFromTaps(rows, size, (row) => rowTaps(blur, 2 * row));
}

/**
 * up(): zeros between the samples, then low-pass filtering with gain 2: [size, ceil(size/2)]. Rows sum to 1, at the
 * ends too, because reflect-101 keeps even positions even; zero padding would not.
 *
 * @param size extent of the result
 * @throws NextscaleError `invalid-argument` for a periodic axis of odd size, where it would mix even and odd positions
 */
export function gaussianUp(size: number, kind: AxisKind = "bounded"): Matrix {
  if (size === 1) return identityMatrix(1);
  if (kind === "periodic" && size % 2 === 1) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/gaussianUp",
      expected: "an even number of samples on a periodic axis",
      got: `${size}`,
      fix: "drop to an even size once, or use bilinear expansion",
    });
  }
  const blur = kernelMatrix(size, kind, 2);
  return matrixFromTaps(size, halved(size), (row) =>
    rowTaps(blur, row)
      .filter(({ column }) => column % 2 === 0)
      .map(({ column, weight }) => ({ column: column / 2, weight })),
  );
}

function kernelMatrix(size: number, kind: AxisKind, gain: number): Matrix {
  const place = kind === "bounded" ? reflect101 : wrap;
  return matrixFromTaps(size, size, (row) =>
    KERNEL.map((weight, i) => ({ column: place(row + i - 2, size), weight: gain * weight })),
  );
}

function rowTaps(a: Matrix, row: number): { column: number; weight: number }[] {
  const weights = [...a.data.subarray(row * a.columns, (row + 1) * a.columns)];
  return weights.map((weight, column) => ({ column, weight }));
}

/** Index mirrored at the end samples: -1 -> 1, size -> size - 2. */
function reflect101(index: number, size: number): number {
  if (size === 1) return 0;
  const inPeriod = wrap(index, 2 * (size - 1));
  return Math.min(inPeriod, 2 * (size - 1) - inPeriod);
}

/** Index modulo the size, never negative. */
export function wrap(index: number, size: number): number {
  return ((index % size) + size) % size;
}
