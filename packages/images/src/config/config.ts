import * as z from "zod";
import { autoencoderSizes } from "./autoencoder-sizes.js";

const positive = z.number().int().positive();
// A description that names absurd sizes must be refused before anything of such a size is made.
const extent = positive.max(1024);
const layerWidth = positive.max(1024);
const share = z.number().min(0).max(1);
/** Class names are printed and drawn. */
const className = z
  .string()
  .max(100)
  .regex(/^\P{Cc}*$/u, "expected a name without control characters");

/** Multi-scale VQ autoencoder. */
export const tokeniserConfigSchema = z.strictObject({
  /** Channels at half, quarter and latent resolution; the first is halved inside a block. */
  widths: z.tuple([layerWidth.multipleOf(2), layerWidth, layerWidth]),
  latentChannels: layerWidth,
  /** Side of the grid of each scale, coarsest first; the last is that of the latent. */
  scales: z
    .array(extent)
    .min(1)
    .max(16)
    .refine(
      (sides) => sides.every((side, k) => k === 0 || side >= sides[k - 1]!),
      "expected sides in ascending order, the coarsest first",
    ),
  /** Codes of each scale's own codebook. */
  vocabulary: z.number().int().min(2).max(65536),
});

/** Class-conditional scale transformer over the tokeniser's codes. */
export const refinerConfigSchema = z
  .strictObject({
    width: layerWidth,
    depth: positive.max(64),
    heads: positive,
    /** `prefix` attends to all coarser scales (eq. 2), `markov` reads them through the context alone (eq. 18). */
    context: z.enum(["prefix", "markov"]),
  })
  .refine(({ width, heads }) => width % heads === 0, "expected heads that divide the width");

/** What an image model is: enough, with its weights, to run it. */
export const imageModelConfigSchema = z
  .strictObject({
    height: extent,
    width: extent,
    channels: z.union([z.literal(1), z.literal(3)]),
    /** Names of the classes; empty for an unconditional model. */
    classes: z
      .array(className)
      .max(1024)
      .refine((names) => new Set(names).size === names.length, "expected each name once"),
    tokeniser: tokeniserConfigSchema,
    refiner: refinerConfigSchema,
  })
  .superRefine((config, context) => {
    const { latent } = autoencoderSizes(config);
    const { scales } = config.tokeniser;
    if (latent.some((side) => side !== scales.at(-1)) || scales.some((side) => side > latent[0])) {
      const message = `expected scales up to the latent grid of ${latent.join("x")}`;
      context.addIssue({ code: "custom", path: ["tokeniser", "scales"], message });
    }
  });

/** How the stages are trained; part of a preset and of a training checkpoint, not of a finished model. */
export const imageTrainingSchema = z.strictObject({
  tokeniser: z.strictObject({
    steps: positive,
    batchSize: positive,
    /**
     * Images are shifted by up to so many pixels. Only here: codes of shifted images serve to learn codebooks, but a refiner
     * that is shown them generates shifted images.
     */
    shift: z.number().int().min(0),
    learningRate: z.number().positive(),
    /** Steps without quantisation before the codebooks are set by k-means. */
    warmUpSteps: positive,
    /** Share of the images that are decoded from their first few scales only, so that every prefix of scales decodes. */
    truncation: share,
    /** Noise on the residuals before the nearest code is taken, as a share of their root mean square. */
    perturbation: z.number().min(0),
    /** Weight of the reconstruction error against the quantisation losses. */
    reconstruction: z.number().positive(),
  }),
  /** The decoder once more, when the rest of the tokeniser is finished. */
  decoder: z.strictObject({ steps: positive, batchSize: positive, learningRate: z.number().positive() }),
  refiner: z.strictObject({
    steps: positive,
    batchSize: positive,
    learningRate: z.number().positive(),
    weightDecay: z.number().min(0),
    /** Share of the labels that are replaced by the null class, which guidance needs. */
    classDropout: share,
    /** Largest share of an image's codes that are replaced by random ones for self-correction. */
    corruption: share,
  }),
});

/** What an image model is. */
export type ImageModelConfig = Readonly<z.infer<typeof imageModelConfigSchema>>;
/** Multi-scale VQ autoencoder. */
export type TokeniserConfig = Readonly<z.infer<typeof tokeniserConfigSchema>>;
/** Class-conditional scale transformer. */
export type RefinerConfig = Readonly<z.infer<typeof refinerConfigSchema>>;
/** How the stages are trained. */
export type ImageTrainingConfig = Readonly<z.infer<typeof imageTrainingSchema>>;
