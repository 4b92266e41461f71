import { f32, type Engine } from "@nextscale/engine";
import {
  concatenate,
  encode,
  fitTransform,
  gaussianPyramid,
  tensorGrid,
  traceTyped,
  transformQuantiser,
  walk,
  type FittedTransform,
  type TransformCodebook,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import { fieldScales } from "../refiner/field-scales.js";
import { cellsOf, scaleTokens } from "../refiner/token-grids.js";

/** What is coded, and how finely. */
interface QuantisedFields extends Pick<WeatherModelConfig, "pyramid"> {
  readonly grid: Grid;
  readonly channels: number;
  /** Distance of two levels. */
  readonly step: number;
}

/** Fields of one run of the program. */
const BATCH = 16;

/**
 * Fits the transform and the levels of each scale, coarsest first, to what is left of the fields when the scales before it
 * are quantised already: closed loop, as they will be coded.
 *
 * @param fields [N, H, W, C] of what the anchor misses, in its standard deviations
 */
export async function fitQuantiser(
  engine: Engine,
  config: QuantisedFields,
  fields: Float32Array,
): Promise<readonly FittedTransform[]> {
  const fitted: FittedTransform[] = [];
  for (const tokens of scaleTokens(config.grid, config.pyramid)) {
    const vectors = await residualTokens(engine, config, fitted, fields);
    fitted.push(fitTransform(vectors, cellsOf(tokens) * config.channels, config.step));
  }
  return fitted;
}

/** Residuals of the next scale, all tokens of all fields. */
async function residualTokens(
  engine: Engine,
  config: QuantisedFields,
  fitted: readonly FittedTransform[],
  fields: Float32Array,
): Promise<Float32Array> {
  const { factors, expansion } = config.pyramid;
  const { grid, channels } = config;
  const size = [grid.latitudes.length, grid.longitudes.length, channels] as const;
  const coarsening = fieldPyramid(tensorGrid, grid, factors, expansion);
  const scales = fieldScales(grid, config.pyramid);
  type Inputs = { readonly fields: tf.Tensor; readonly codebooks: readonly TransformCodebook[] };
  const codebooks = fitted.map(({ codebook }) => ({
    axes: f32(...codebook.axes.shape),
    centroids: f32(...codebook.centroids.shape),
  }));
  const program = traceTyped<Inputs>({ fields: f32(BATCH, ...size), codebooks }, (inputs) => {
    const levels = gaussianPyramid(coarsening, inputs.fields, factors.length);
    const start = tf.zerosLike(levels.at(-1)!);
    const coder = transformQuantiser(inputs.codebooks, config.step);
    const known = [...walk(scales.slice(0, fitted.length), start, encode(coder, levels))];
    const scale = scales[fitted.length]!;
    return { tokens: scale.residual(levels, scale.context(known.at(-1)?.state ?? start)) };
  });
  const constants = Object.fromEntries(
    fitted.flatMap(({ codebook }, k) => [
      [`codebooks/${k}/axes`, codebook.axes.data] as const,
      [`codebooks/${k}/centroids`, codebook.centroids.data] as const,
    ]),
  );
  const executable = await engine.compile(program, { constants });
  try {
    const length = size[0] * size[1] * size[2];
    const runs = Math.floor(fields.length / length / BATCH);
    const tokens: Float32Array[] = [];
    for (let run = 0; run < runs; run++) {
      const batch = fields.subarray(run * BATCH * length, (run + 1) * BATCH * length);
      tokens.push(Float32Array.from((await executable.run({ fields: batch }))["tokens"]!));
    }
    return concatenate(tokens);
  } finally {
    await executable.close();
  }
}
