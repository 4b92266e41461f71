import { flattenTree, isTensorType, sizeOf, type TensorType } from "@nextscale/engine";
import {
  initialiser,
  mlp,
  parameterTypes,
  SHAPES_ONLY,
  type HostParameters,
  type Initialiser,
  type MlpConfig,
  type MlpParameters,
  type TypesOf,
} from "@nextscale/refinement-core";
import { PAPER } from "../settings.js";
import type { BandsVariant, CodesVariant, Variant } from "./variant.js";

/** Parameters of a variant: its networks by name. */
export type Networks = { readonly [name: string]: MlpParameters };

/** Bits of a code under each head of setup B. */
export const BITS = { "index-bits": 6, "learned-bits": 8 } as const;

/** Outputs for one code: scores of the codebook's entries, or of bits. */
export function outputsOfCode({ head }: CodesVariant): number {
  return head === "softmax" ? PAPER.vocabulary : BITS[head];
}

/** Name of the network of a band, 0 the finest. */
export function bandName(level: number): string {
  return `band${level}`;
}

/** Pixels of each level of the pyramid, finest first. */
export function levelPixels(bands: number): readonly number[] {
  return Array.from({ length: bands }, (_, level) => (PAPER.side / 2 ** level) ** 2);
}

/** Shapes of the networks of a variant. */
export function networkShapes(variant: Variant): Readonly<Record<string, MlpConfig>> {
  const { width } = PAPER;
  const { hiddenLayers } = variant;
  switch (variant.kind) {
    case "pixels":
      return { predictor: { inputs: PAPER.pixels, outputs: PAPER.pixels, width, hiddenLayers } };
    case "latents":
      return { predictor: { inputs: PAPER.latent, outputs: PAPER.latent, width, hiddenLayers } };
    case "codes":
      return {
        predictor: { inputs: PAPER.latent, outputs: variant.parts * outputsOfCode(variant), width, hiddenLayers },
      };
    case "bands":
      return bandShapes(variant, matchedWidth(variant));
  }
}

/**
 * The coarsest network sees its own noisy level; a finer one sees what the coarser ones imply, expanded, and its own noisy
 * level ("conditioned on the upsampled coarse prediction concatenated with the noisy input").
 */
function bandShapes({ bands, hiddenLayers }: BandsVariant, width: number): Record<string, MlpConfig> {
  const shapes = levelPixels(bands).map((outputs, level) => {
    const inputs = level === bands - 1 ? outputs : 2 * outputs;
    return [bandName(level), { inputs, outputs, width, hiddenLayers }] as const;
  });
  return Object.fromEntries(shapes);
}

/** Width of all networks of a variant with which they have, together, as many parameters as the single-shot one. */
export function matchedWidth(variant: BandsVariant): number {
  const wanted = parameterCount(networkShapes({ kind: "pixels", hiddenLayers: variant.hiddenLayers }));
  const distance = (width: number): number => Math.abs(parameterCount(bandShapes(variant, width)) - wanted);
  const widths = Array.from({ length: PAPER.width }, (_, i) => i + 1);
  return widths.reduce((best, width) => (distance(width) < distance(best) ? width : best));
}

/** Numbers that are learned. */
export function parameterCount(shapes: Readonly<Record<string, MlpConfig>>): number {
  return flattenTree<TensorType>(typesOfShapes(shapes), isTensorType).reduce(
    (sum, [, { shape }]) => sum + sizeOf(shape),
    0,
  );
}

/** Initial parameters of a variant. */
export function initNetworks(variant: Variant, random: Initialiser): HostParameters<Networks> {
  return initShapes(networkShapes(variant), random);
}

/** Types of a variant's parameters. */
export function networkTypes(variant: Variant): TypesOf<Networks> {
  return typesOfShapes(networkShapes(variant));
}

function typesOfShapes(shapes: Readonly<Record<string, MlpConfig>>): TypesOf<Networks> {
  return parameterTypes(initShapes(shapes, initialiser(SHAPES_ONLY)));
}

function initShapes(shapes: Readonly<Record<string, MlpConfig>>, random: Initialiser): HostParameters<Networks> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, mlp(shape).init(random.at(name))]));
}
