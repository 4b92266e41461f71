import { stopGradient } from "@nextscale/engine";
import {
  gaussianPyramid,
  gaussianSteps,
  gridCoarsening,
  laplacianPyramid,
  meanSquaredError,
  mlp,
  tensorGrid,
  type Coarsening,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { PAPER } from "../settings.js";
import { bandName, levelPixels, networkShapes, type Networks } from "../variant/networks.js";
import type { BandsVariant } from "../variant/variant.js";
import type { Method } from "./method.js";

/** The pyramid of section 4: blur with [1, 4, 6, 4, 1]/16, every other sample. */
export function pyramidOf(bands: number): Coarsening<tf.Tensor> {
  return gridCoarsening(tensorGrid, gaussianSteps([PAPER.side, PAPER.side], bands - 1));
}

/** R_0 of images: [B, 784] -> [B, 784]. Can be traced. */
export function finestBand(images: tf.Tensor): tf.Tensor {
  const { residuals } = laplacianPyramid(pyramidOf(2), grid(images, 0), 1);
  return rows(residuals[0]!);
}

/**
 * Setup C, *Coarse → fine*: the coarsest network denoises its level, each finer one adds its band to what the coarser ones
 * imply. All take a step on each batch, and none learns through another: no gradient leaves the band it is of.
 */
export function bandsMethod(variant: BandsVariant): Method {
  const { bands, target } = variant;
  const shapes = networkShapes(variant);
  const pyramid = pyramidOf(bands);
  const coarsest = bands - 1;
  const levelsOf = (images: tf.Tensor) => gaussianPyramid(pyramid, grid(images, 0), coarsest);

  /** Each band as predicted and what it was added to, coarsest first, which was added to nothing. */
  const refine = (networks: Networks, noisy: readonly tf.Tensor[]) => {
    const network = (level: number, inputs: tf.Tensor) => {
      const name = bandName(level);
      return grid(mlp(shapes[name]!).apply(networks[name]!, inputs), level);
    };
    let state = network(coarsest, rows(noisy[coarsest]!));
    const steps: { readonly level: number; readonly band: tf.Tensor; readonly guess?: tf.Tensor }[] = [{ level: coarsest, band: state }]; // prettier-ignore
    for (let level = coarsest - 1; level >= 0; level--) {
      const guess = stopGradient(pyramid.expand(state, level));
      const band = network(level, tf.concat([rows(guess), rows(noisy[level]!)], 1));
      steps.push({ level, band, guess });
      state = pyramid.add(guess, band, level);
    }
    return { steps, finest: state };
  };

  return {
    loss(networks, images) {
      const clean = levelsOf(images.clean);
      const { steps } = refine(networks, levelsOf(images.noisy));
      const losses = steps.map(({ level, band, guess }) => {
        if (guess === undefined) return meanSquaredError(clean[level]!, band);
        const from = target === "remainder" ? guess : pyramid.expand(clean[level + 1]!, level);
        return meanSquaredError(pyramid.subtract(clean[level]!, from, level), band);
      });
      return tf.addN(losses);
    },
    predict: (networks, noisy) => rows(refine(networks, levelsOf(noisy)).finest),
  };
}

/** Rows of pixels of a level as grids [B, H, W, 1]. */
function grid(images: tf.Tensor, level: number): tf.Tensor {
  const side = Math.sqrt(levelPixels(level + 1)[level]!);
  return tf.reshape(images, [-1, side, side, 1]);
}

function rows(grids: tf.Tensor): tf.Tensor {
  const [items = 0, height = 0, width = 0] = grids.shape;
  return tf.reshape(grids, [items, height * width]);
}
