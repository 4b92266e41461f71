import type { Engine, NamedArrays } from "@nextscale/engine";
import type { HeadConfig, HeadPreset } from "../config/head-config.js";
import { unrounded } from "../head/gaussian-head.js";
import { configOf, fitQuantiser, headTensors, type CodedLayout, type FittedScale } from "./fit-quantiser.js";

/** A head that knows its data. */
export interface FittedHead {
  readonly config: HeadConfig;
  /** Of each scale, coarsest first; none for a head that needs none. */
  readonly fitted: readonly FittedScale[];
  /** By the names of `WeatherWeights`. */
  readonly tensors: NamedArrays;
}

/**
 * Fits what a head takes from the data before its network is trained.
 *
 * @param missed fields [N, H, W, C] of what the anchor misses, in its standard deviations
 */
export async function fitHead(
  engine: Engine,
  preset: HeadPreset,
  layout: CodedLayout,
  missed: Float32Array,
): Promise<FittedHead> {
  switch (preset.kind) {
    case "categorical": {
      const fitted = await fitQuantiser(engine, preset.quantiser, layout, missed);
      const quantiser = configOf(preset.quantiser, fitted);
      return { config: { ...preset, quantiser }, fitted, tensors: headTensors(fitted, ({ weights }) => weights) };
    }
    case "gaussian": {
      const transform = { kind: "transform", step: preset.step } as const;
      // Unlike codes, coordinates are not rounded, and leave nothing of that to the finer scales.
      const fitted = await fitQuantiser(engine, transform, layout, missed, (_, weights) => unrounded(weights));
      const dimensions = fitted.map((scale) => scale.dimensions);
      const tensors = headTensors(fitted, ({ weights, deviations }) => {
        return { axes: weights["axes"]!, deviations: { data: deviations! } };
      });
      return { config: { kind: "gaussian", dimensions }, fitted, tensors };
    }
    case "diffusion":
    case "one-pass":
      return { config: preset, fitted: [], tensors: {} };
  }
}
