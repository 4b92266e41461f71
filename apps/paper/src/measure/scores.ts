import { f32, type Engine, type Executable, type NamedArrays, type Program } from "@nextscale/engine";
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

/** What a program makes of a predictor's images [250, 784] and the clean ones. */
type Outputs = (images: tf.Tensor, clean: tf.Tensor) => Readonly<Record<string, tf.Tensor>>;

/** A predictor on one batch of test images. */
function predictorProgram<P>(parameters: TypesOf<P>, predict: Predict<P>, outputs: Outputs): Program {
  const rows = f32(BATCH, PAPER.pixels);
  const signature = { parameters, clean: rows, noise: rows, sigma: f32() } as TypesOf<Inputs<P>>;
  return traceTyped<Inputs<P>>(signature, ({ parameters: own, clean, noise, sigma }) => {
    const noisy = tf.add(clean, tf.mul(noise, sigma));
    return outputs(predict(own, { clean, noisy }), clean);
  });
}

/** Gets the outputs of a batch, its clean images, and how many of them count. */
type Take = (outputs: NamedArrays, clean: Float32Array, kept: number) => void;

/** Runs such a program over all test images. */
async function overTest(
  { executable, program }: { readonly executable: Executable; readonly program: Program },
  test: TestImages,
  given: { readonly parameters: NamedArrays; readonly sigma: number },
  take: Take,
): Promise<void> {
  // What a predictor does not look at is no input of its program.
  const known = new Set(program.inputs.map(({ name }) => name));
  for (let first = 0; first < test.count; first += BATCH) {
    const slice = (data: Float32Array) => sliceItems(data, PAPER.pixels, first, BATCH);
    const clean = slice(test.clean);
    const all = { ...given.parameters, clean, noise: slice(test.noise), sigma: Float32Array.of(given.sigma) };
    const inputs = Object.fromEntries(Object.entries(all).filter(([name]) => known.has(name)));
    take(await executable.run(inputs), clean, Math.min(BATCH, test.count - first));
  }
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
  const program = predictorProgram(parameters, predict, (images, clean) => {
    return { images, band: finestBand(images), cleanBand: finestBand(clean) };
  });
  const executable = await engine.compile(program);
  return {
    async score(own, sigma) {
      const sums = { meanSquaredError: 0, meanPsnr: 0, bandError: 0 };
      await overTest({ executable, program }, test, { parameters: own, sigma }, (outputs, clean, kept) => {
        const { images, band, cleanBand } = outputs;
        const wanted = (data: NamedArrays[string]) => (data as Float32Array).subarray(0, kept * PAPER.pixels);
        const whole = psnr(wanted(clean), wanted(images!), PAPER.pixels);
        sums.meanSquaredError += (kept / test.count) * whole.meanSquaredError;
        sums.meanPsnr += (kept / test.count) * whole.meanPsnr;
        sums.bandError += (kept / test.count) * psnr(wanted(cleanBand!), wanted(band!), PAPER.pixels).meanSquaredError;
      });
      const { meanSquaredError, meanPsnr, bandError } = sums;
      return { meanSquaredError, psnrOfMeanError: decibels(meanSquaredError), meanPsnr, bandPsnr: decibels(bandError) };
    },
    close: () => executable.close(),
  };
}

/** Of the scores the mean squared error alone, for the many looks that a learning curve takes. */
export interface ErrorMeter {
  /** @param parameters named `parameters/...` */
  readonly error: (parameters: NamedArrays, sigma: number) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Compiles a predictor to be looked at: its images stay where they are computed. */
export async function openErrorMeter<P>(
  engine: Engine,
  test: TestImages,
  parameters: TypesOf<P>,
  predict: Predict<P>,
): Promise<ErrorMeter> {
  const program = predictorProgram(parameters, predict, (images, clean) => {
    return { errors: tf.mean(tf.square(tf.sub(images, clean)), 1) };
  });
  const executable = await engine.compile(program);
  return {
    async error(own, sigma) {
      let sum = 0;
      await overTest({ executable, program }, test, { parameters: own, sigma }, ({ errors }, _, kept) => {
        for (const error of (errors as Float32Array).subarray(0, kept)) sum += error;
      });
      return sum / test.count;
    },
    close: () => executable.close(),
  };
}
