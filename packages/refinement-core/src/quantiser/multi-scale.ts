import { NextscaleError } from "@nextscale/engine";
import type * as tf from "@tensorflow/tfjs-core";
import type { AxisKind } from "../pyramid/gaussian.js";
import type { GridSize } from "../pyramid/grid-coarsening.js";
import type { GridArithmetic } from "../pyramid/grid-operator.js";
import { areaMatrix, bicubicMatrix } from "../pyramid/resize.js";
import { accumulationScales, type AccumulationScale } from "../walk/accumulation-scales.js";
import { applyPhi, phiIndex, type Phi } from "./phi.js";

/** The grids of a multi-scale quantiser, coarsest first; the last one is that of the features. */
export interface MultiScaleGrids {
  readonly sizes: readonly GridSize[];
  /** Default: both axes bounded. */
  readonly kinds?: readonly [AxisKind, AxisKind];
}

/**
 * The scales of VAR's multi-scale residual quantiser (2.1 of the paper; Tian et al. 2024, `quant.py`): down by area
 * averaging, up by bicubic interpolation and phi. A walk over them starts from zeros [N, H, W, C]; a size that is listed
 * twice makes a second stage of residual quantisation at that size.
 *
 * @param arithmetic `tensorGrid` or `hostGrid`
 * @param phi what a scale's value goes through at full resolution; default: nothing
 * @throws NextscaleError `invalid-argument` without a size, or when a size exceeds the last
 */
export function multiScaleScales<X>(
  arithmetic: GridArithmetic<X>,
  { sizes, kinds: [vertical, horizontal] = ["bounded", "bounded"] }: MultiScaleGrids,
  phi: (scale: number, grid: X) => X = (_, grid) => grid,
): readonly AccumulationScale<X>[] {
  const [height, width] = fullSize(sizes);
  const steps = sizes.map(([rows, columns], scale) => {
    const down = { rows: areaMatrix(height, rows), columns: areaMatrix(width, columns) };
    const up = { rows: bicubicMatrix(rows, height, vertical), columns: bicubicMatrix(columns, width, horizontal) };
    return {
      down: (x: X) => arithmetic.apply(down, x),
      up: (value: X) => phi(scale, arithmetic.apply(up, value)),
    };
  });
  return accumulationScales(steps, arithmetic);
}

/** Partially shared phis for `scales` scales, as `multiScaleScales` takes them. */
export function sharedPhi(
  phis: readonly Phi<tf.Tensor>[],
  scales: number,
): (scale: number, grid: tf.Tensor) => tf.Tensor {
  return (scale, grid) => applyPhi(phis[phiIndex(scale, scales, phis.length)]!, grid);
}

function fullSize(sizes: readonly GridSize[]): GridSize {
  const last = sizes[sizes.length - 1];
  if (last !== undefined && sizes.every(([h, w]) => h <= last[0] && w <= last[1])) return last;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/multiScaleScales",
    expected: "grid sizes of which the last is the largest",
    got: sizes.length === 0 ? "none" : sizes.map((size) => size.join("x")).join(", "),
  });
}
