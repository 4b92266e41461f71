import * as tf from "@tensorflow/tfjs-core";
import { f32 } from "@nextscale/engine";
import type { TypesOf } from "@nextscale/refinement-core";
import { predictorCount, regressed } from "../anchor/ridge.js";
import type { WeatherModelConfig } from "../config/config.js";
import type { Grid } from "../grid/grid.js";
import { coordinatesOf, fromCoordinates } from "./components.js";

/** Two successive states, each [B, H, W, C], in deviations from the mean. */
export interface StatePair {
  readonly previous: tf.Tensor;
  readonly current: tf.Tensor;
}

/** What is known of the next state before the network has looked. */
export interface Anchored {
  /** The expected state [B, H, W, C]. */
  readonly anchor: tf.Tensor;
  /** The state, its last change and, from a regression, the expected one, each of order one. */
  readonly known: readonly tf.Tensor[];
}

/** What an anchor is made of. */
export interface AnchorWeights {
  /** Ratio of deviation to the standard deviation of a step's change [C]. */
  readonly perChange: tf.Tensor;
  /** Of a regression: [H, predictors, outputs], or [1, predictors, outputs]; empty for persistence. */
  readonly regression: readonly tf.Tensor[];
  /** Principal components of the data [K, H * W * C], where the model has some. */
  readonly components: readonly tf.Tensor[];
}

/**
 * The state that an anchor expects.
 *
 * @param choose makes one change of what the regression gives, [B, H, W, C] or [B, 1, 1, K]; that itself unless given
 */
export function anchored(
  anchor: WeatherModelConfig["anchor"],
  grid: Grid,
  { perChange, regression, components }: AnchorWeights,
  { previous, current }: StatePair,
  choose: (expected: tf.Tensor) => tf.Tensor = (expected) => expected,
): Anchored {
  if (anchor.kind === "component-ridge") {
    return componentRidge({ perChange, regression, components }, grid, { previous, current }, choose);
  }
  const change = tf.mul(tf.sub(current, previous), perChange);
  if (anchor.kind === "persistence") return { anchor: current, known: [current, change] };
  const expected = choose(regressed(current, change, regression[0]!, grid, anchor));
  return { anchor: tf.add(current, tf.div(expected, perChange)), known: [current, change, expected] };
}

/**
 * A regression of the coordinates along principal components: of the weather as a whole, where a local one does not know what
 * comes in over the border of a region. It is damped over many steps, where a local one makes waves between cells grow. All
 * that it gives is made of the components.
 */
function componentRidge(
  { perChange, regression, components }: AnchorWeights,
  grid: Grid,
  { previous, current }: StatePair,
  choose: (expected: tf.Tensor) => tf.Tensor,
): Anchored {
  const size = current.shape.slice(1);
  const fields = (coordinates: tf.Tensor) => fromCoordinates(coordinates, components[0]!, size);
  const [before, now] = [previous, current].map((field) => coordinatesOf(field, components[0]!, grid));
  const scale = componentsPerChange(perChange);
  const change = tf.sub(now!, before!);
  const expected = choose(regressed(now!, tf.mul(change, scale), regression[0]!, POINT, ITSELF));
  const next = tf.div(expected, scale);
  return {
    anchor: fields(tf.add(now!, next)),
    known: [fields(now!), tf.mul(fields(change), perChange), tf.mul(fields(next), perChange)],
  };
}

/** Coordinates are of all channels together, so their changes have one scale. */
function componentsPerChange(perChange: tf.Tensor): tf.Tensor {
  return tf.mean(perChange);
}

/** Coordinates are fields of one cell with many channels. */
export const POINT = { kind: "regional", latitudes: Float64Array.of(0), longitudes: Float64Array.of(0), periodic: false } as const; // prettier-ignore
export const ITSELF = { rows: 1, columns: 1 } as const;

/** What the types of a regression follow from. */
type Regression = Pick<WeatherModelConfig, "anchor" | "truncation" | "grid" | "channels">;

/** Types of the regression of an anchor, of as many as are fitted side by side; none for persistence. */
export function regressionTypes(
  { anchor, truncation, grid, channels }: Regression,
  sideBySide: number,
): TypesOf<readonly tf.Tensor[]> {
  if (anchor.kind === "persistence") return [];
  const [rows, outputs, around] =
    anchor.kind === "ridge"
      ? [grid.latitudes.length, channels.length, anchor]
      : [1, typeof truncation === "object" ? truncation.components : 0, ITSELF];
  return [f32(rows, predictorCount(around, outputs), sideBySide * outputs)];
}

/**
 * Of the changes that regressions of either half of the data expect, [B, H, W, 2 C], those of the one that has not seen an
 * item.
 *
 * @param fold [B, 1, 1, 1], 0 for the first and 1 for the second
 */
export function byUnseen(both: tf.Tensor, fold: tf.Tensor): tf.Tensor {
  const channels = both.shape[3]! / 2;
  const part = (begin: number) => tf.slice(both, [0, 0, 0, begin], [-1, -1, -1, channels]);
  const [first, second] = [part(0), part(channels)];
  return tf.add(first, tf.mul(fold, tf.sub(second, first)));
}
