import { f32, type Engine, type NamedArrays, type Program } from "@nextscale/engine";
import { psnr, sliceItems, traceTyped, type TypesOf } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { pixelsAt, type DigitSet } from "../data/digits.js";
import { testNoise } from "../data/noise.js";
import { PAPER } from "../settings.js";
import { finestBand } from "../setup/bands.js";
import type { Rows } from "../setup/method.js";
import { decibels } from "./decibels.js";

/** How close predictions of test images come to the clean ones. */
export interface Scores {
  /** Mean over all pixels of all images. */
  readonly meanSquaredError: number;
  /** 10 log10(1/meanSquaredError), dB. */
  readonly psnrOfMeanError: number;
  /** Mean of the images' own ratios, dB. */
  readonly meanPsnr: number;
  /** Peak signal-to-noise ratio of R_0 of the predictions against R_0 of the clean images, from the mean error, dB. */
  readonly bandPsnr: number;
}

/** Clean test images, and the noise that is fixed for all. */
export interface TestImages {
  /** [count, 784] each. */
  readonly clean: Float32Array;
  readonly noise: Float32Array;
  readonly count: number;
}

/** The test images of a set. */
export function testImages(digits: DigitSet): TestImages {
  const items = Int32Array.from({ length: digits.count }, (_, i) => i);
  return { clean: pixelsAt(digits, items), noise: testNoise(items), count: digits.count };
}

/** What predicts clean images from rows; one that shows a floor may look at the clean ones. Can be traced. */
export type Predict<P> = (parameters: P, rows: Rows) => tf.Tensor;

/** Images of one run of the program. */
const BATCH = 250;

type Inputs<P> = {
  readonly parameters: P;
  readonly clean: tf.Tensor;
  readonly noise: tf.Tensor;
  readonly sigma: tf.Tensor;
};

/** A predictor on one batch: `images`, and R_0 of these and of the clean ones, `band` and `cleanBand`; all [250, 784]. */
export function scoringProgram<P>(parameters: TypesOf<P>, predict: Predict<P>): Program {
  const rows = f32(BATCH, PAPER.pixels);
  const signature = { parameters, clean: rows, noise: rows, sigma: f32() } as TypesOf<Inputs<P>>;
  return traceTyped<Inputs<P>>(signature, ({ parameters: own, clean, noise, sigma }) => {
    const noisy = tf.add(clean, tf.mul(noise, sigma));
    const images = predict(own, { clean, noisy });
    return { images, band: finestBand(images), cleanBand: finestBand(clean) };
  });
}

/** A predictor that has been compiled, or several of the same form one after the other. */
export interface Scorer {
  /** @param parameters named `parameters/...` */
  readonly score: (parameters: NamedArrays, sigma: number) => Promise<Scores>;
  readonly close: () => Promise<void>;
}

/** Compiles a predictor to be scored on test images. */
export async function openScorer<P>(
  engine: Engine,
  test: TestImages,
  parameters: TypesOf<P>,
  predict: Predict<P>,
): Promise<Scorer> {
  const program = scoringProgram(parameters, predict);
  // What a predictor does not look at is no input of its program.
  const known = new Set(program.inputs.map(({ name }) => name));
  const executable = await engine.compile(program);
  return {
    async score(own, sigma) {
      const sums = { meanSquaredError: 0, meanPsnr: 0, bandError: 0 };
      for (let first = 0; first < test.count; first += BATCH) {
        const kept = Math.min(BATCH, test.count - first);
        const slice = (data: Float32Array) => sliceItems(data, PAPER.pixels, first, BATCH);
        const all = { ...own, clean: slice(test.clean), noise: slice(test.noise), sigma: Float32Array.of(sigma) };
        const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => known.has(name)));
        const { images, band, cleanBand } = await executable.run(inputs);
        const wanted = (data: NamedArrays[string]) => (data as Float32Array).subarray(0, kept * PAPER.pixels);
        const whole = psnr(wanted(all.clean), wanted(images!), PAPER.pixels);
        sums.meanSquaredError += (kept / test.count) * whole.meanSquaredError;
        sums.meanPsnr += (kept / test.count) * whole.meanPsnr;
        sums.bandError += (kept / test.count) * psnr(wanted(cleanBand!), wanted(band!), PAPER.pixels).meanSquaredError;
      }
      const { meanSquaredError, meanPsnr, bandError } = sums;
      return { meanSquaredError, psnrOfMeanError: decibels(meanSquaredError), meanPsnr, bandPsnr: decibels(bandError) };
    },
    close: () => executable.close(),
  };
}
