import * as tf from "@tensorflow/tfjs-core";
import { tensorGrid } from "../../src/pyramid/grid-operator.js";
import { multiScaleScales } from "../../src/quantiser/multi-scale.js";
import { vectorQuantiser } from "../../src/quantiser/vector-quantiser.js";
import { gridGeometry } from "../../src/refiner/geometry.js";
import { categoricalHead } from "../../src/refiner/head.js";
import type { HostTensor } from "../../src/pyramid/host-tensor.js";
import { parameterNormals } from "../../src/refiner/parameters.js";
import { withHead } from "../../src/refiner/refiner.js";
import { scaleTransformer, type AttentionContext } from "../../src/refiner/scale-transformer.js";
import { GRID_FEATURES } from "../../src/refiner/site-features.js";
import { normals } from "../support/random.js";
import { randomTensor } from "../support/tensors.js";

/** Grids of 1x1 and 2x2 codes, embedded in two channels on a 2x2 canvas: small enough to enumerate. */
export function toyModel(codes: number, context: AttentionContext, classes = 2) {
  const sizes = [
    [1, 1],
    [2, 2],
  ] as const;
  const geometry = gridGeometry(sizes);
  const scales = multiScaleScales(tensorGrid, { sizes });
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
  const draws = (name: string, shape: readonly number[], deviation: number): HostTensor => ({
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
  // The codebook is a tensor: made anew at every use, because a trace has its own.
  const quantiser = {
    embed: (scale: number, indices: tf.Tensor): tf.Tensor =>
      vectorQuantiser([randomTensor("codebook", [codes, 2])]).embed(scale, indices),
  };
  return { refiner, scales, quantiser, geometry, host, start: (items: number) => tf.zeros([items, 2, 2, 2]) };
}
