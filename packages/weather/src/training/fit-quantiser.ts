import { f32, type Engine } from "@nextscale/engine";
import {
  concatenate,
  encode,
  fitTransform,
  gaussianPyramid,
  tensorGrid,
  traceTyped,
  walk,
  type HostTensor,
  type Quantiser,
  type TypesOf,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { CodeShape, FieldQuantiserConfig, FieldQuantiserPreset } from "../config/head-config.js";
import type { Grid } from "../grid/grid.js";
import { fieldQuantiser } from "../head/field-quantiser.js";
import type { HeadWeights } from "../head/head.js";
import { fieldPyramid } from "../pyramid/field-pyramid.js";
import { fieldScales } from "../refiner/field-scales.js";
import { fitVectors } from "./fit-vectors.js";

/** What is coded. */
export interface CodedLayout extends Pick<WeatherModelConfig, "pyramid"> {
  readonly grid: Grid;
  readonly channels: number;
}

/** What was fitted to the tokens of a scale. */
export interface FittedScale extends CodeShape {
  /** By the names of `HeadWeights`. */
  readonly weights: Readonly<Record<string, HostTensor>>;
  /** How often each code occurred [dimensions, levels]. */
  readonly counts: Float64Array;
  /** Standard deviation of each coordinate, of a transform. */
  readonly deviations?: Float32Array;
}

/** Fields of one run of the program. */
const BATCH = 16;

/**
 * Fits the codes of each scale, coarsest first, to what is left of the fields when the scales before it are quantised already:
 * closed loop, as they will be coded.
 *
 * @param fields [N, H, W, C] of what the anchor misses, in its standard deviations
 * @param coderOf what they will be coded by, where that is not the quantiser itself
 */
export async function fitQuantiser(
  engine: Engine,
  preset: FieldQuantiserPreset,
  layout: CodedLayout,
  fields: Float32Array,
  coderOf: (config: FieldQuantiserConfig, weights: HeadWeights) => Quantiser<tf.Tensor, tf.Tensor> = fieldQuantiser,
): Promise<readonly FittedScale[]> {
  const fitted: FittedScale[] = [];
  for (const [k, side] of [layout.pyramid.baseSide, ...layout.pyramid.factors].entries()) {
    const coder = (weights: HeadWeights) => coderOf(configOf(preset, fitted), weights);
    const vectors = await residualTokens(engine, coder, layout, fitted, fields);
    fitted.push(fitScale(preset, vectors, side ** 2 * layout.channels, k));
  }
  return fitted;
}

/** The quantiser of the scales that are fitted. */
export function configOf(preset: FieldQuantiserPreset, fitted: readonly CodeShape[]): FieldQuantiserConfig {
  if (preset.kind === "vector") return { ...preset, stages: preset.stages.slice(0, fitted.length) };
  return { ...preset, scales: fitted.map(({ dimensions, levels }) => ({ dimensions, levels })) };
}

function fitScale(preset: FieldQuantiserPreset, vectors: Float32Array, width: number, scale: number): FittedScale {
  if (preset.kind === "vector") {
    return fitVectors(vectors, { width, scale, vocabulary: preset.vocabulary, stages: preset.stages[scale] ?? 1 });
  }
  const { codebook, counts, deviations } = fitTransform(vectors, width, preset.step);
  const [dimensions = 0, levels = 0] = codebook.centroids.shape;
  return { weights: codebook, dimensions, levels, counts, deviations };
}

/** Residuals of the next scale, all tokens of all fields. */
async function residualTokens(
  engine: Engine,
  coderOf: (weights: HeadWeights) => Quantiser<tf.Tensor, tf.Tensor>,
  { grid, channels, pyramid }: CodedLayout,
  fitted: readonly FittedScale[],
  fields: Float32Array,
): Promise<Float32Array> {
  const { factors, expansion } = pyramid;
  const size = [grid.latitudes.length, grid.longitudes.length, channels] as const;
  const coarsening = fieldPyramid(tensorGrid, grid, factors, expansion);
  const scales = fieldScales(grid, pyramid);
  type Inputs = { readonly fields: tf.Tensor; readonly head: HeadWeights };
  const head: TypesOf<HeadWeights> = fitted.map(({ weights }) => {
    return Object.fromEntries(Object.entries(weights).map(([name, { shape }]) => [name, f32(...shape)]));
  });
  const program = traceTyped<Inputs>({ fields: f32(BATCH, ...size), head }, (inputs) => {
    const levels = gaussianPyramid(coarsening, inputs.fields, factors.length);
    const start = tf.zerosLike(levels.at(-1)!);
    const coder = coderOf(inputs.head);
    const known = [...walk(scales.slice(0, fitted.length), start, encode(coder, levels))];
    const scale = scales[fitted.length]!;
    return { tokens: scale.residual(levels, scale.context(known.at(-1)?.state ?? start)) };
  });
  const executable = await engine.compile(program, { constants: headTensors(fitted, ({ weights }) => weights) });
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

/** Weights of the scales by the names that programs know them by. */
export function headTensors(
  fitted: readonly FittedScale[],
  weightsOf: (scale: FittedScale) => Readonly<Record<string, Pick<HostTensor, "data">>>,
): Record<string, Float32Array> {
  return Object.fromEntries(
    fitted.flatMap((scale, k) =>
      Object.entries(weightsOf(scale)).map(([name, { data }]) => [`head/${k}/${name}`, data] as const),
    ),
  );
}
