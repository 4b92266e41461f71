import { NextscaleError } from "@nextscale/engine";
import { wrap, type AxisKind } from "./gaussian.js";
import { matrixFromTaps, type Matrix } from "./matrix.js";

/** Samples `first .. end - 1` of an axis. */
interface Window {
  readonly first: number;
  readonly end: number;
}

/** Adaptive windows of `from` samples for `to` outputs; they overlap where `to` does not divide `from`: 5 -> 3 [0,2) [1,4) [3,5). */
function areaWindow(from: number, to: number, output: number): Window {
  return { first: Math.floor((output * from) / to), end: Math.ceil(((output + 1) * from) / to) };
}

/**
 * Area averaging with adaptive windows, [to, from]: what VAR scales down by.
 *
 * @param weights area of each input sample, such as sin(upper) - sin(lower) of a latitude row; default: all equal
 * @throws NextscaleError `invalid-argument` unless 1 <= to <= from and there are `from` positive weights
 */
export function areaMatrix(from: number, to: number, weights?: ArrayLike<number>): Matrix {
  checkSizes("areaMatrix", from, to);
  if (to > from) throw invalid("areaMatrix", `at most ${from} outputs`, `${to}`);
  checkWeights(from, weights);
  return matrixFromTaps(to, from, (row) => {
    const { first, end } = areaWindow(from, to, row);
    const areas = Array.from({ length: end - first }, (_, i) => weights?.[first + i] ?? 1);
    const total = areas.reduce((sum, area) => sum + area, 0);
    return areas.map((area, i) => ({ column: first + i, weight: area / total }));
  });
}

/**
 * Areas of the samples that `areaMatrix(weights.length, to, weights)` makes: window sums.
 *
 * @throws NextscaleError `invalid-argument` unless `to` divides the number of weights
 */
export function areaWeights(weights: ArrayLike<number>, to: number): Float64Array {
  checkSizes("areaWeights", weights.length, to);
  if (weights.length % to !== 0) throw invalid("areaWeights", `a divisor of ${weights.length}`, `${to}`);
  const factor = weights.length / to;
  const sums = new Float64Array(to);
  for (let i = 0; i < weights.length; i++) sums[Math.floor(i / factor)]! += weights[i]!;
  return sums;
}

/** Every sample repeated, [to, from]; for whole factors the adjoint of `areaMatrix` under area weights. */
export function replicationMatrix(from: number, to: number): Matrix {
  checkSizes("replicationMatrix", from, to);
  return matrixFromTaps(to, from, (row) => [{ column: Math.floor((row * from) / to), weight: 1 }]);
}

/** Linear interpolation with half-pixel centres, no antialiasing, [to, from]. */
export function bilinearMatrix(from: number, to: number, kind: AxisKind = "bounded"): Matrix {
  checkSizes("bilinearMatrix", from, to);
  return interpolation(from, to, kind, 1, (distance) => 1 - distance);
}

/** Sharpness of the cubic kernel: PyTorch's, ONNX's and therefore VAR's choice. Pillow and Matlab use -0.5. */
const CUBIC_A = -0.75;

/** Cubic convolution (Keys 1981) with A = -0.75, half-pixel centres, no antialiasing, [to, from]: what VAR scales up by. */
export function bicubicMatrix(from: number, to: number, kind: AxisKind = "bounded"): Matrix {
  checkSizes("bicubicMatrix", from, to);
  return interpolation(from, to, kind, 2, (d) =>
    d <= 1
      ? ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1
      : ((CUBIC_A * d - 5 * CUBIC_A) * d + 8 * CUBIC_A) * d - 4 * CUBIC_A,
  );
}

/** Interpolation by a kernel of the distance, which reaches `reach` samples to each side. */
function interpolation(
  from: number,
  to: number,
  kind: AxisKind,
  reach: number,
  kernel: (distance: number) => number,
): Matrix {
  const place = kind === "periodic" ? wrap : (index: number) => Math.min(Math.max(index, 0), from - 1);
  return matrixFromTaps(to, from, (row) => {
    const centre = ((row + 0.5) * from) / to - 0.5;
    const left = Math.floor(centre) - reach + 1;
    return Array.from({ length: 2 * reach }, (_, i) => ({
      column: place(left + i, from),
      weight: kernel(Math.abs(centre - (left + i))),
    }));
  });
}

function checkSizes(where: string, ...sizes: number[]): void {
  for (const size of sizes) {
    if (!Number.isInteger(size) || size < 1) throw invalid(where, "sizes that are positive integers", `${size}`);
  }
}

function checkWeights(count: number, weights: ArrayLike<number> | undefined): void {
  if (weights === undefined) return;
  if (weights.length !== count) throw invalid("areaMatrix", `${count} weights`, `${weights.length}`);
  const wrong = Array.from(weights).filter((weight) => !(weight > 0));
  if (wrong.length > 0) throw invalid("areaMatrix", "weights above 0", String(wrong[0]));
}

function invalid(where: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: `refinement-core/${where}`, expected, got });
}
