import * as tf from "@tensorflow/tfjs-core";
import { tensorGrid, type GridOperator } from "../../src/pyramid/grid-operator.js";
import { areaMatrix, replicationMatrix } from "../../src/pyramid/resize.js";
import { gridGeometry } from "../../src/refiner/geometry.js";
import { categoricalHead } from "../../src/refiner/head.js";
import { parameterNormals, type HostArray } from "../../src/refiner/parameters.js";
import { withHead } from "../../src/refiner/refiner.js";
import { scaleTransformer, type AttentionContext } from "../../src/refiner/scale-transformer.js";
import { GRID_FEATURES } from "../../src/refiner/site-features.js";
import { accumulationScales } from "../../src/walk/accumulation-scales.js";
import { normals } from "../support/random.js";
import { randomTensor } from "../support/tensors.js";

/** Grids of 1x1 and 2x2 codes, embedded in two channels on a 2x2 canvas: small enough to enumerate. */
export function toyModel(codes: number, context: AttentionContext, classes = 2) {
  const sizes = [1, 2];
  const geometry = gridGeometry(sizes.map((size) => [size, size] as const));
  const scales = accumulationScales<tf.Tensor>(
    sizes.map((size) => {
      const down: GridOperator = { rows: areaMatrix(2, size), columns: areaMatrix(2, size) };
      const up: GridOperator = { rows: replicationMatrix(size, 2), columns: replicationMatrix(size, 2) };
      return { down: (x) => tensorGrid.apply(down, x), up: (x) => tensorGrid.apply(up, x) };
    }),
    tensorGrid,
  );
  const refiner = withHead(
    scaleTransformer({
      scales: geometry,
      features: GRID_FEATURES,
      contextChannels: 2,
      classes,
      context,
      width: 16,
      heads: 2,
      expansion: 2,
      depth: 2,
      gateInit: 1,
    }),
    categoricalHead(codes),
  );
  const draws = (name: string, shape: readonly number[], deviation: number): HostArray => ({
    shape,
    data: normals(
      name,
      shape.reduce((product, extent) => product * extent, 1),
    ).map((draw) => draw * deviation),
  });
  // With a head that is far from uniform, as a trained one is.
  const host = {
    ...refiner.init(parameterNormals(3)),
    head: { weight: draws("head", [16, codes], 0.4), bias: draws("bias", [codes], 0.3) },
  };
  const quantiser = {
    embed: (_scale: number, indices: tf.Tensor): tf.Tensor =>
      tf.gather(randomTensor("codebook", [codes, 2]), indices),
  };
  return { refiner, scales, quantiser, geometry, host, start: (items: number) => tf.zeros([items, 2, 2, 2]) };
}
