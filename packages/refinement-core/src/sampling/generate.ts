import { f32, i32, NextscaleError, type TensorType } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import type { Quantiser } from "../quantiser/quantiser.js";
import { uniforms } from "../random/distributions.js";
import type { Indices } from "../random/region.js";
import type { RandomStream } from "../random/stream.js";
import type { ScaleGeometry } from "../refiner/geometry.js";
import type { ScaleRefiner } from "../refiner/refiner.js";
import { sampled, type Sampled } from "../walk/sampled.js";
import type { Scale, Visit } from "../walk/scale.js";
import { walk } from "../walk/walk.js";
import { drawCategorical, gumbelFromUniform } from "./categorical.js";
import type { SamplingPlan } from "./controls.js";
import { guidedPredictions, refinerPredictions } from "./predict.js";

/** What generation is made of; all of it is fixed when a program is traced. */
export interface GenerativeModel<P, RefinerState, Data, State, Value> {
  readonly refiner: ScaleRefiner<P, tf.Tensor, RefinerState>;
  /** Coarse to fine, of the same length and order as the refiner's. */
  readonly scales: readonly Scale<Data, State, tf.Tensor, Value>[];
  /** Embeds codes int32 [B, ...] in the form of the scale's context. */
  readonly quantiser: Pick<Quantiser<Value, tf.Tensor>, "embed">;
  readonly plan: SamplingPlan;
}

/** Types of the inputs of a generating program besides parameters and starting state; see `generationTypes`. */
export type GenerationTypes = {
  /** int32 [B]: the class of each item, `nullClass` for none. */
  readonly labels: TensorType;
  /** For each scale uniform noise in (0, 1), [B, sites, V]: see `generationNoise`. */
  readonly uniform: readonly TensorType[];
  /** For each control of the plan, one number per scale. */
  readonly controls: { readonly temperature: TensorType; readonly guidance?: TensorType; readonly topP?: TensorType };
};

/** Inputs of `generate` that change from run to run, as tensors. */
export interface GenerationInputs<P, State> {
  readonly params: P;
  /** The walk's state before the coarsest scale: zeros, or a condition. */
  readonly start: State;
  readonly labels: tf.Tensor;
  readonly uniform: readonly tf.Tensor[];
  readonly controls: { readonly temperature: tf.Tensor; readonly guidance?: tf.Tensor; readonly topP?: tf.Tensor };
}

/** Signature of the inputs that `generate` takes besides parameters and start. @param items batch size B */
export function generationTypes(
  plan: SamplingPlan,
  scales: readonly { readonly sites: number }[],
  items: number,
  codes: number,
): GenerationTypes {
  const perScale = f32(scales.length);
  return {
    labels: i32(items),
    uniform: scales.map(({ sites }) => f32(items, sites, codes)),
    controls: {
      temperature: perScale,
      ...(plan.guided ? { guidance: perScale } : {}),
      ...(plan.nucleus ? { topP: perScale } : {}),
    },
  };
}

/**
 * Generates coarse to fine: a walk whose codes are drawn from the refiner (eq. 17 to 19), unrolled over the scales. In a
 * trace it becomes part of one program, so nothing returns to the host between scales. Without guidance in the plan
 * nothing is computed for the null class; without cuts nothing is sorted.
 *
 * @throws NextscaleError `invalid-argument` when the controls are not those of the plan
 * @returns one visit per scale: codes int32 [B, ...], their value, the logits (`prediction`), context, and the state after
 */
export function generate<P, RefinerState, Data, State, Value>(
  model: GenerativeModel<P, RefinerState, Data, State, Value>,
  inputs: GenerationInputs<P, State>,
): readonly Visit<State, tf.Tensor, Sampled<tf.Tensor, Value, tf.Tensor>>[] {
  const { refiner, scales, quantiser, plan } = model;
  const { params, start, labels, uniform, controls } = inputs;
  requireControl("guidance", plan.guided, controls.guidance);
  requireControl("topP", plan.nucleus, controls.topP);
  const predict =
    controls.guidance === undefined
      ? refinerPredictions(refiner, params, labels)
      : guidedPredictions(refiner, params, labels, controls.guidance);
  const draw = (index: number, logits: tf.Tensor): tf.Tensor => {
    const atScale = (control: tf.Tensor): tf.Tensor => tf.slice(control, [index], [1]);
    const topK = plan.topK?.[index];
    return drawCategorical(logits, {
      gumbel: gumbelFromUniform(tf.reshape(uniform[index] as tf.Tensor, logits.shape)),
      temperature: atScale(controls.temperature),
      ...(topK === undefined ? {} : { topK }),
      ...(controls.topP === undefined ? {} : { topP: atScale(controls.topP) }),
    });
  };
  return [...walk(scales, start, sampled(quantiser, predict, draw))];
}

function requireControl(name: string, planned: boolean, control: tf.Tensor | undefined): void {
  if (planned === (control !== undefined)) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/generate",
    expected: planned
      ? `the control ${name}, because the plan has it`
      : `no control ${name}, because the plan has none`,
    got: planned ? "none" : "one",
    fix: "take plan and controls from the same call of samplingControls",
  });
}

/**
 * The noise of some items, for each scale uniform in (0, 1), [items, sites, codes]: a function of the stream and of each
 * item's own number, so an item's sample is the same in every batch. The program makes Gumbel noise of it, because the
 * host takes twice as long for two logarithms as for the uniform number they are taken of.
 */
export function generationNoise(
  stream: RandomStream,
  items: Indices,
  scales: readonly Pick<ScaleGeometry, "sites">[],
  codes: number,
): readonly Float32Array[] {
  return scales.map(({ sites }, scale) => uniforms(stream, { items, scale, sites, draws: codes }));
}
