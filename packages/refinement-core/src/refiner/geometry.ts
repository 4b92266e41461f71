import { NextscaleError } from "@nextscale/engine";
import type * as tf from "@tensorflow/tfjs-core";

/**
 * Where the sites of one scale lie, in units that do not depend on the schedule: a refiner that reads only these can
 * be asked for scales that it was not trained on.
 */
export interface ScaleGeometry {
  readonly sites: number;
  /** Linear size relative to the finest scale of the domain, in (0, 1]: 1/7 for 1x1 of 7x7. */
  readonly relativeSize: number;
  /** How many coarser scales have this size already: 1 for the second stage of residual quantisation on one grid. */
  readonly stage: number;
  /** Site centres in [0, 1], row-major [sites, axes]; empty for sites without a position (the nodes of a graph). */
  readonly coordinates: Float32Array;
}

/**
 * Geometry of rectangular grids, coarse to fine, sites in row-major order, coordinates (y, x) of cell centres. The
 * relative size is the square root of the ratio of site counts to the last grid's; grids of one size are its stages.
 */
export function gridGeometry(grids: readonly (readonly [height: number, width: number])[]): readonly ScaleGeometry[] {
  const [lastHeight, lastWidth] = grids[grids.length - 1] ?? [1, 1];
  return grids.map(([height, width], k) => {
    if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) {
      throw new NextscaleError({
        code: "invalid-argument",
        where: "refinement-core/gridGeometry",
        expected: "grids of positive integer height and width",
        got: `${height}x${width}`,
      });
    }
    const coordinates = new Float32Array(height * width * 2);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        coordinates.set([(y + 0.5) / height, (x + 0.5) / width], (y * width + x) * 2);
      }
    }
    const relativeSize = Math.sqrt((height * width) / (lastHeight * lastWidth));
    const stage = grids.slice(0, k).filter(([h, w]) => h === height && w === width).length;
    return { sites: height * width, relativeSize, stage, coordinates };
  });
}

/** First site of each scale in the concatenation of all scales, and the total as the last entry. */
export function scaleOffsets(scales: readonly { readonly sites: number }[]): readonly number[] {
  const offsets = [0];
  for (const { sites } of scales) offsets.push((offsets[offsets.length - 1] ?? 0) + sites);
  return offsets;
}

/** Scale index of every site in the concatenation of all scales. */
export function scaleOfSite(scales: readonly { readonly sites: number }[]): Int32Array {
  return Int32Array.from(scales.flatMap(({ sites }, k) => new Array<number>(sites).fill(k)));
}

/**
 * The entry of a per-scale list.
 *
 * @throws NextscaleError `invalid-argument` when there is no scale `k`
 */
export function atScale<T>(list: readonly T[], k: number): T {
  const entry = list[k];
  if (entry === undefined) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/refiner",
      expected: `a scale in 0..${list.length - 1}`,
      got: String(k),
    });
  }
  return entry;
}

/**
 * Checks that a context is [B, sites, channels] with the sites of its scale.
 *
 * @throws NextscaleError `shape` otherwise
 */
export function requireContext(
  scales: readonly ScaleGeometry[],
  k: number,
  context: tf.Tensor | undefined,
  channels: number,
): void {
  const { sites } = atScale(scales, k);
  const shape = context?.shape;
  if (shape?.length === 3 && shape[1] === sites && shape[2] === channels) return;
  throw new NextscaleError({
    code: "shape",
    where: "refinement-core/refiner",
    expected: `a context [B, ${sites}, ${channels}] for scale ${k} of ${scales.length}`,
    got: shape === undefined ? "none" : `[${shape.join()}]`,
    fix: "walk over the scales that the refiner was made for",
  });
}
