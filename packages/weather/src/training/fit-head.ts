import type { Engine, NamedArrays } from "@nextscale/engine";
import type { FittedTransform } from "@nextscale/refinement-core";
import type { HeadConfig, HeadPreset } from "../config/head-config.js";
import { fitQuantiser, type QuantisedFields } from "./fit-quantiser.js";

/** A head that knows its data. */
export interface FittedHead {
  readonly config: HeadConfig;
  /** Transform of each scale, coarsest first; none for a head that needs none. */
  readonly fitted: readonly FittedTransform[];
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
  layout: Omit<QuantisedFields, "step">,
  missed: Float32Array,
): Promise<FittedHead> {
  if (preset.kind === "diffusion" || preset.kind === "one-pass") return { config: preset, fitted: [], tensors: {} };
  const step = preset.kind === "gaussian" ? preset.step : preset.quantiser.step;
  const fitted = await fitQuantiser(engine, { ...layout, step }, missed);
  if (preset.kind === "gaussian") {
    const dimensions = fitted.map(({ deviations }) => deviations.length);
    const tensors = named(fitted, ({ codebook, deviations }) => ({ axes: codebook.axes.data, deviations }));
    return { config: { kind: "gaussian", dimensions }, fitted, tensors };
  }
  const scales = fitted.map(({ codebook }) => {
    const [dimensions = 0, levels = 0] = codebook.centroids.shape;
    return { dimensions, levels };
  });
  const tensors = named(fitted, ({ codebook }) => ({ axes: codebook.axes.data, centroids: codebook.centroids.data }));
  return { config: { ...preset, quantiser: { step, scales } }, fitted, tensors };
}

function named(fitted: readonly FittedTransform[], weightsOf: (one: FittedTransform) => NamedArrays): NamedArrays {
  return Object.fromEntries(
    fitted.flatMap((one, k) =>
      Object.entries(weightsOf(one)).map(([name, data]) => [`head/${k}/${name}`, data] as const),
    ),
  );
}
