import * as z from "zod";

/*
 * What is trained, as data. Where the paper's text can be read in several ways, each reading is a variant of its own: the
 * fields are the questions that it leaves open.
 */

/** "2-layer MLPs": two layers of weights, which is one hidden layer, or two hidden layers. */
const hiddenLayers = z.union([z.literal(1), z.literal(2)]);

/** Setup A, and S = 1 of setup C: noisy pixels to clean ones. */
const pixels = z.strictObject({ kind: z.literal("pixels"), hiddenLayers });

/** Setup A, and the regression head of setup B: the noisy image's latent to the clean one's. */
const latents = z.strictObject({ kind: z.literal("latents"), hiddenLayers });

/** Setup B: the noisy image's latent to the codes of the clean one's. */
const codes = z.strictObject({
  kind: z.literal("codes"),
  hiddenLayers,
  /** One code for an image, as printed, or one for each of 16 parts of the latent. */
  parts: z.union([z.literal(1), z.literal(16)]),
  /** "Bitwise-8 over a learned 8-bit code for the same codebook": 64 entries have indices of 6 bits. */
  head: z.enum(["softmax", "index-bits", "learned-bits"]),
});

/** Setup C and the depth sweep: a Laplacian pyramid, a network for each band, coarse to fine. */
const bands = z.strictObject({
  kind: z.literal("bands"),
  hiddenLayers,
  /** S. */
  bands: z.union([z.literal(2), z.literal(3)]),
  /** What a finer network learns: R_k of the clean image, or all that the coarser networks' guess leaves. */
  target: z.enum(["band", "remainder"]),
});

/** Schema of a variant. */
export const variantSchema = z.discriminatedUnion("kind", [pixels, latents, codes, bands]);

/** What is trained. */
export type Variant = Readonly<z.infer<typeof variantSchema>>;

/** A predictor of codes. */
export type CodesVariant = Extract<Variant, { readonly kind: "codes" }>;

/** A predictor of the bands of a pyramid. */
export type BandsVariant = Extract<Variant, { readonly kind: "bands" }>;

/** Name of a variant in files: no two have the same. */
export function variantId(variant: Variant): string {
  const depth = `${variant.hiddenLayers}-hidden`;
  switch (variant.kind) {
    case "pixels":
    case "latents":
      return `${variant.kind}-${depth}`;
    case "codes":
      return `codes-${variant.parts}-${variant.head}-${depth}`;
    case "bands":
      return `bands-${variant.bands}-${variant.target}-${depth}`;
  }
}

const HEADS = {
  softmax: "Softmax-64",
  "index-bits": "Bitwise-6, index",
  "learned-bits": "Bitwise-8, learned",
} as const;

/** Name of a variant in tables, in the paper's words and then the reading. */
export function variantLabel(variant: Variant): string {
  const depth = variant.hiddenLayers === 1 ? "1 hidden layer" : "2 hidden layers";
  switch (variant.kind) {
    case "pixels":
      return `Pixel-MLP, ${depth}`;
    case "latents":
      return `Latent-MLP, ${depth}`;
    case "codes":
      return `${HEADS[variant.head]}, ${variant.parts === 1 ? "1 code" : `${variant.parts} codes`}, ${depth}`;
    case "bands":
      return `${variant.bands} bands${variant.target === "band" ? "" : ", learning the remainder"}, ${depth}`;
  }
}
