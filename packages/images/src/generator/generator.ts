import {
  categoricalHead,
  GRID_FEATURES,
  gridGeometry,
  scaleTransformer,
  withScaleHeads,
  type ScaleGeometry,
} from "@nextscale/refinement-core";
import type { ImageModelConfig } from "../config/config.js";
import { scaleSizes } from "../tokeniser/tokeniser.js";

/** Hidden width of the feed-forward part as a multiple of the model's width. */
const EXPANSION = 4;
/** Residual gates start this close to 1, as a share of the other modulations' deviation. */
const GATE_INIT = 0.01;

/** Sites of each scale as the refiner sees them. */
export function scaleGeometry(config: ImageModelConfig): readonly ScaleGeometry[] {
  return gridGeometry(scaleSizes(config));
}

/** The refiner that a configuration describes: a scale transformer with a categorical head for each scale. */
export function imageRefiner(config: ImageModelConfig) {
  const { refiner, tokeniser, classes } = config;
  const { width, depth, heads, context } = refiner;
  const scales = scaleGeometry(config);
  const trunk = scaleTransformer({
    scales,
    features: { ...GRID_FEATURES, stages: Math.max(...scales.map(({ stage }) => stage)) + 1 },
    contextChannels: tokeniser.latentChannels,
    classes: classes.length,
    context,
    width,
    depth,
    heads,
    expansion: EXPANSION,
    gateInit: GATE_INIT,
  });
  return withScaleHeads(trunk, categoricalHead(tokeniser.vocabulary));
}

/** The refiner's parameters, as tensors. */
export type RefinerParameters = Parameters<ReturnType<typeof imageRefiner>["applyAll"]>[0];
