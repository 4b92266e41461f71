import * as z from "zod";

const positive = z.number().int().positive();
const scales = 9;
const dimensions = positive.max(4096);

/** Coordinates of a Karhunen-Loeve transform, each rounded to levels a step apart. */
export const transformQuantiserSchema = z.strictObject({
  kind: z.literal("transform"),
  /** Distance of two levels, in standard deviations of what the anchor misses. */
  step: z.number().positive(),
  /** Coordinates and levels of each scale, coarsest first. */
  scales: z
    .array(z.strictObject({ dimensions, levels: positive.max(4096) }))
    .min(1)
    .max(scales),
});

/** Whole tokens by the nearest of some vectors, then what that leaves, and so on. */
export const vectorQuantiserSchema = z.strictObject({
  kind: z.literal("vector"),
  /** Vectors of each stage. */
  vocabulary: positive.min(2).max(4096),
  /** Stages of each scale, coarsest first; 1 is vector quantisation without residuals. */
  stages: z.array(positive.max(64)).min(1).max(scales),
});

/**
 * How the tokens of a scale are drawn: all in one pass, as the paper has it; in 2 or 4, by the colours of a chessboard; or
 * `nested`, from a single token to ever denser ones. The coarsest cells of a region are not hemispheres, and what they have in
 * common would average out if they were drawn apart.
 */
export const scalePassesSchema = z.union([z.literal(1), z.literal(2), z.literal(4), z.literal("nested")]);

/** Codes, coarse to fine: the paper's head. */
export const categoricalHeadSchema = z.strictObject({
  kind: z.literal("categorical"),
  quantiser: z.discriminatedUnion("kind", [transformQuantiserSchema, vectorQuantiserSchema]),
  /** Passes over each scale, coarsest first, or one for all scales. */
  passes: z.union([scalePassesSchema, z.array(scalePassesSchema).min(1).max(scales)]),
});

/** A mean and a deviation for each coordinate, coarse to fine. */
export const gaussianHeadSchema = z.strictObject({
  kind: z.literal("gaussian"),
  /** Coordinates of each scale, coarsest first. */
  dimensions: z.array(dimensions).min(1).max(scales),
});

/** Diffusion over the whole field. */
export const diffusionHeadSchema = z.strictObject({
  kind: z.literal("diffusion"),
  /** Noise levels of a draw. */
  levels: positive.min(2).max(1000),
  /** Fresh noise over a draw, and the noise level below which there is none (S_churn and S_tmin of Karras et al. 2022). */
  churn: z.strictObject({ amount: z.number().min(0).max(1000), above: z.number().min(0) }),
});

/** Noise to field in one pass. */
export const onePassHeadSchema = z.strictObject({
  kind: z.literal("one-pass"),
  /** Normal numbers that a state is made from. */
  noise: positive.max(1024),
});

/** What the network is asked about the next state. */
export const headConfigSchema = z.discriminatedUnion("kind", [
  categoricalHeadSchema,
  gaussianHeadSchema,
  diffusionHeadSchema,
  onePassHeadSchema,
]);

/** The paper's head. */
export type CategoricalHeadConfig = Readonly<z.infer<typeof categoricalHeadSchema>>;
/** A head of means and deviations. */
export type GaussianHeadConfig = Readonly<z.infer<typeof gaussianHeadSchema>>;
/** A head that takes noise away. */
export type DiffusionHeadConfig = Readonly<z.infer<typeof diffusionHeadSchema>>;
/** A head that makes a field of noise in one pass. */
export type OnePassHeadConfig = Readonly<z.infer<typeof onePassHeadSchema>>;
/** What the network of a model is asked about the next state. */
export type HeadConfig = Readonly<z.infer<typeof headConfigSchema>>;

/** How the tokens of a scale are drawn. */
export type ScalePasses = z.infer<typeof scalePassesSchema>;

/** What quantises a model's codes. */
export type FieldQuantiserConfig = CategoricalHeadConfig["quantiser"];

/** A quantiser before it has seen data: what is fitted is left out. */
export type FieldQuantiserPreset =
  Omit<z.infer<typeof transformQuantiserSchema>, "scales"> | Readonly<z.infer<typeof vectorQuantiserSchema>>;

/** A head before it has seen data: what is fitted is left out. */
export type HeadPreset =
  | (Omit<CategoricalHeadConfig, "quantiser"> & { readonly quantiser: FieldQuantiserPreset })
  | (Omit<GaussianHeadConfig, "dimensions"> & {
      /** Coordinates that vary by less than a third of it are left out, in standard deviations of what the anchor misses. */
      readonly step: number;
    })
  | DiffusionHeadConfig
  | OnePassHeadConfig;

/** Codes of a token of a scale, and out of how many each is. */
export interface CodeShape {
  readonly dimensions: number;
  readonly levels: number;
}

/** Codes of each scale, coarsest first. */
export function codeShapes(quantiser: FieldQuantiserConfig): readonly CodeShape[] {
  if (quantiser.kind === "transform") return quantiser.scales;
  return quantiser.stages.map((dimensions) => ({ dimensions, levels: quantiser.vocabulary }));
}

/** Something that a head says once for each scale, and of how many scales it does. */
export interface SaidPerScale {
  readonly path: readonly string[];
  readonly count: number;
}

/** What a head says once for each scale: of one that has seen no data, that which is not fitted. */
export function saidPerScale(head: HeadConfig | HeadPreset): readonly SaidPerScale[] {
  switch (head.kind) {
    case "categorical": {
      const { quantiser, passes } = head;
      return [
        ...("scales" in quantiser ? [{ path: ["quantiser", "scales"], count: quantiser.scales.length }] : []),
        ...("stages" in quantiser ? [{ path: ["quantiser", "stages"], count: quantiser.stages.length }] : []),
        ...(typeof passes === "object" ? [{ path: ["passes"], count: passes.length }] : []),
      ];
    }
    case "gaussian":
      return "dimensions" in head ? [{ path: ["dimensions"], count: head.dimensions.length }] : [];
    case "diffusion":
    case "one-pass":
      return [{ path: [], count: 1 }];
  }
}
