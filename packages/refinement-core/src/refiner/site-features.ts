import { NextscaleError } from "@nextscale/engine";
import type { AxisKind } from "../pyramid/gaussian.js";
import type { ScaleGeometry } from "./geometry.js";

/**
 * How sites are described to the network: cosine features of position and of log relative size, and the stage.
 *
 * On the centres of n equal cells the cosines cos(pi j c) of order j < n are orthogonal (the DCT-II basis), and the
 * first n span every function of n cells. So `order` features per axis are as expressive as a learned table on grids
 * up to `order` cells wide, and unlike a table they are defined on every other grid too.
 */
export interface SiteFeatureConfig {
  /** What the coordinates of a site are: `["bounded", "bounded"]` for (y, x); empty for none. */
  readonly axes: readonly AxisKind[];
  /** Cosines per bounded axis, the constant included; a periodic axis has `order` cosines and `order - 1` sines. */
  readonly positionOrder: number;
  /** Cosines of log2 relative size, the constant included. */
  readonly levelOrder: number;
  /** Octaves below the finest scale that levels are told apart over; coarser scales share the last one's features. */
  readonly octaves: number;
  /** Stages of one size that are told apart: 1 for schedules in which no size occurs twice. */
  readonly stages: number;
}

/** 2-D grids up to 8x8 completely resolved, scales down to 1/64. */
export const GRID_FEATURES: SiteFeatureConfig = {
  axes: ["bounded", "bounded"],
  positionOrder: 8,
  levelOrder: 8,
  octaves: 6,
  stages: 1,
};

/** Number of features of a site. */
export function siteFeatureCount(config: SiteFeatureConfig): number {
  const positions = config.axes.reduce((count, axis) => count * axisBasis(axis, 0, config).length, 1);
  return config.levelOrder + (config.stages - 1) + (positions - 1);
}

/**
 * Features of every site of one scale, row-major [sites, siteFeatureCount]. A row has mean square norm 1 over the
 * domain, so an embedding drawn with the deviation of a learned table starts with the variance of that table.
 *
 * @throws NextscaleError `shape` when the coordinates do not have one entry per site and axis, `invalid-argument` for a
 *   stage beyond those that are told apart
 */
export function siteFeatures(scale: ScaleGeometry, config: SiteFeatureConfig): Float32Array {
  const axes = config.axes.length;
  if (scale.coordinates.length !== scale.sites * axes) {
    throw new NextscaleError({
      code: "shape",
      where: "refinement-core/siteFeatures",
      expected: `${scale.sites} sites x ${axes} axes = ${scale.sites * axes} coordinates`,
      got: `${scale.coordinates.length}`,
      fix: "give the scale's geometry the axes that the features were configured for",
    });
  }
  if (scale.stage >= config.stages) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "refinement-core/siteFeatures",
      expected: `at most ${config.stages} scales of one size`,
      got: `stage ${scale.stage}, counted from 0`,
      fix: "configure the features with as many stages as a size has scales",
    });
  }
  const count = siteFeatureCount(config);
  const norm = 1 / Math.sqrt(count);
  const height = Math.min(1, Math.max(0, 1 + Math.log2(scale.relativeSize) / config.octaves));
  const stages = Array.from({ length: config.stages - 1 }, (_, i) => (scale.stage === i + 1 ? 1 : 0));
  const level = [...cosines(height, config.levelOrder), ...stages];
  const features = new Float32Array(scale.sites * count);
  for (let site = 0; site < scale.sites; site++) {
    let position = [1];
    config.axes.forEach((axis, a) => {
      const basis = axisBasis(axis, scale.coordinates[site * axes + a] ?? 0, config);
      position = position.flatMap((outer) => basis.map((inner) => outer * inner));
    });
    // The product of the constants is the level's constant already.
    const row = [...level, ...position.slice(1)];
    features.set(
      row.map((value) => value * norm),
      site * count,
    );
  }
  return features;
}

function axisBasis(axis: AxisKind, coordinate: number, config: SiteFeatureConfig): number[] {
  switch (axis) {
    case "bounded":
      return cosines(coordinate, config.positionOrder);
    case "periodic": {
      const basis = [1];
      for (let j = 1; j < config.positionOrder; j++) {
        const angle = 2 * Math.PI * j * coordinate;
        basis.push(Math.SQRT2 * Math.cos(angle), Math.SQRT2 * Math.sin(angle));
      }
      return basis;
    }
    default:
      throw new Error(`internal: unknown axis ${String(axis satisfies never)}`);
  }
}

/** sqrt(2) cos(pi j c) for j < order (1 for j = 0): orthonormal on [0, 1]. */
function cosines(coordinate: number, order: number): number[] {
  return Array.from({ length: order }, (_, j) => (j === 0 ? 1 : Math.SQRT2 * Math.cos(Math.PI * j * coordinate)));
}
