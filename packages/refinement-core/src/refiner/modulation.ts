import * as tf from "@tensorflow/tfjs-core";
import { layerNorm, silu } from "@nextscale/engine";
import { initLinear, linear, type LinearParameters } from "./linear.js";
import type { HostParameters, Initialiser } from "./parameters.js";

/*
 * Adaptive layer normalisation in VAR's shared form ("saln"): one projection of the condition serves all blocks, each
 * block adds a bias of its own. Six separate projections rather than one of 6C outputs: no activation is sliced.
 */

/** The six modulations of a block; gates scale a branch before it is added to the residual stream. */
export type ModulationName =
  "attentionGate" | "feedForwardGate" | "attentionScale" | "feedForwardScale" | "attentionShift" | "feedForwardShift";

const MODULATIONS: readonly ModulationName[] = [
  "attentionGate",
  "feedForwardGate",
  "attentionScale",
  "feedForwardScale",
  "attentionShift",
  "feedForwardShift",
];

/** Six modulations of a block, each `[B, 1, C]`; scales and gates are offsets from 1. */
export type BlockModulation = { readonly [name in ModulationName]: tf.Tensor };

/** The projection that all blocks share. */
export type SharedModulationParameters = { readonly [name in ModulationName]: LinearParameters };

/** A block's own biases [C]. */
export type BlockModulationParameters = { readonly [name in ModulationName]: tf.Tensor };

/** VAR's `init_adaln`: scales and shifts start at half the usual deviation. */
const SCALE_SHIFT_INIT = 0.5;

const isGate = (name: ModulationName): boolean => name === "attentionGate" || name === "feedForwardGate";

function forEachModulation<T>(make: (name: ModulationName) => T): { readonly [name in ModulationName]: T } {
  return Object.fromEntries(MODULATIONS.map((name) => [name, make(name)])) as { [name in ModulationName]: T };
}

/** Shared projection; rows of the gates start at `gateInit` of the usual deviation. */
export function initSharedModulation(
  random: Initialiser,
  width: number,
  gateInit: number,
): HostParameters<SharedModulationParameters> {
  const deviation = Math.sqrt(1 / (3 * width));
  return forEachModulation((name) =>
    initLinear(random.at(name), width, width, deviation * (isGate(name) ? gateInit : SCALE_SHIFT_INIT)),
  );
}

/** A block's biases, normal with deviation 1/sqrt(C) times the same factors (VAR's `ada_gss`). */
export function initBlockModulation(
  random: Initialiser,
  width: number,
  gateInit: number,
): HostParameters<BlockModulationParameters> {
  const deviation = Math.sqrt(1 / width);
  return forEachModulation((name) =>
    random.normal(name, [width], deviation * (isGate(name) ? gateInit : SCALE_SHIFT_INIT)),
  );
}

/** Modulations [B, 1, C] from the condition [B, C], before any block's bias. */
export function sharedModulation(params: SharedModulationParameters, condition: tf.Tensor): BlockModulation {
  const [items = 0, width = 0] = condition.shape;
  const activated = silu(condition);
  return forEachModulation((name) => tf.reshape(linear(params[name], activated), [items, 1, width]));
}

/** One block's modulation. */
export function blockModulation(shared: BlockModulation, bias: BlockModulationParameters): BlockModulation {
  return forEachModulation((name) => tf.add(shared[name], bias[name]));
}

/** LN(x) (1 + scale) + shift for x [B, L, C], scale and shift [B, 1, C]; the norm itself has no affine part. */
export function modulatedNorm(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  return tf.add(tf.mul(layerNorm(x), tf.add(scale, 1)), shift);
}
