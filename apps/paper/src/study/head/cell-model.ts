import type { NamedArrays, Program, TensorType } from "@nextscale/engine";
import type { HostParameters, NormalSource, TypesOf } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { CellParameters } from "../network/cell-network.js";
import type { Domain, Space } from "../space/space.js";
import type { DenoisingProcess } from "./denoising-process.js";

/** Items of a training, counted over all of its steps, or samples by number. */
export interface Items {
  readonly first: number;
  readonly count: number;
}

/** Random inputs of a program by name: their types, and they themselves as a function of each item's number. */
export interface RandomInputs {
  types(items: number): Readonly<Record<string, TensorType>>;
  draw(seed: number, items: Items): NamedArrays;
}

/** A cell as something to be trained and sampled, whatever its head. What takes tensors is for traces. */
export interface CellModel<H> {
  readonly domain: Domain;
  readonly space: Space;
  readonly types: TypesOf<CellParameters<H>>;
  init(source: NormalSource): HostParameters<CellParameters<H>>;
  /** Of training. */
  readonly random: RandomInputs;
  /** The loss of finest states [B, ...]: one element. Each site counts alike, in every cell. */
  loss(
    params: CellParameters<H>,
    states: tf.Tensor,
    labels: tf.Tensor,
    random: Readonly<Record<string, tf.Tensor>>,
  ): tf.Tensor;
  readonly sampler: AnySampler;
}

/** All scales in one run of one program, one evaluation each. */
export interface OneRunSampler {
  readonly kind: "next-scale";
  readonly noise: RandomInputs;
  /** `labels`, `temperature`, `noise/...`, `parameters/...` -> `images` [items, 28, 28, 1]. */
  program(items: number): Program;
}

/** Noise is taken away at one scale after the other, by a plan. */
export interface PlannedSampler {
  readonly kind: "diffusion";
  readonly process: Pick<DenoisingProcess, "parameterisation" | "plan">;
  /** Sites and numbers of a site's token at each scale. */
  readonly scales: readonly { readonly sites: number; readonly width: number }[];
  /** Numbers of one item's state before the first scale, all 0. */
  readonly stateSize: number;
  /** `state`, `noisy` [items, sites, width], `level` = noise / signal [items], `labels`, `parameters/...` -> `prediction`. */
  denoise(k: number, items: number): Program;
  /** `state`, `value` [items, sites, width] in deviations of the scale -> the next `state`, or after the last scale `images`. */
  refine(k: number, items: number): Program;
}

/** Codes of a single scale are filled in, some at each step. */
export interface MaskedSampler {
  readonly kind: "masked";
  readonly sites: number;
  readonly stages: number;
  /**
   * `codes` int32 and `hidden` [items, sites, stages], `share` of the hidden ones that are to be said, uniform numbers `drawn` and
   * `revealed`, `labels`, `parameters/...` -> `codes`, `hidden`.
   */
  step(items: number): Program;
  /** `codes` -> `images`. */
  decode(items: number): Program;
}

/** What draws samples of a cell. */
export type AnySampler = OneRunSampler | PlannedSampler | MaskedSampler;

/** Inputs of a program that draws samples in one run. */
export type OneRunInputs<H> = {
  readonly parameters: CellParameters<H>;
  readonly labels: tf.Tensor;
  /** One element. */
  readonly temperature: tf.Tensor;
  readonly noise: Readonly<Record<string, tf.Tensor>>;
};

/** Name of the random stream of samples: common to all cells, so that they share what they can share. */
export const SAMPLE_STREAM = "paper/study-sample";
