import { NextscaleError } from "@nextscale/engine";
import { LIMITS, requireOptions, wholeWithin, within, type OptionRequirements } from "@nextscale/refinement-core";
import type { WeatherModelConfig } from "../config/config.js";
import { requireSize, type FieldLayout } from "../verification/case.js";
import type { ForecastRequest, InitialState } from "./forecast-model.js";
import { placeOf } from "./place-of.js";

/** A request with its defaults filled in. */
export type CheckedRequest = Required<Omit<ForecastRequest, "signal" | "sharpness">> & {
  readonly sharpness: readonly number[];
  readonly signal: AbortSignal | undefined;
};

/** Numbers in all members of one step: below what one array can hold everywhere. */
const MOST_NUMBERS = 2 ** 29;

/** Steps of a forecast: more than a century of 12 hours. */
const MOST_STEPS = 100_000;

const sharpnessOf = within(0.05, 20);

/**
 * Checks what is asked of a forecast.
 *
 * @throws NextscaleError `invalid-argument` for an unknown option or a wrong value; as `requireState`
 */
export function requireRequest(
  request: ForecastRequest,
  config: WeatherModelConfig,
  layout: FieldLayout,
): CheckedRequest {
  const { grid, channels } = layout;
  const scales = config.sharpness.length;
  const size = channels.length * grid.latitudes.length * grid.longitudes.length;
  const requirements: OptionRequirements<ForecastRequest> = {
    initial: { expected: "an object of time, previous and current", fits: (value) => isObject(value) },
    steps: wholeWithin(1, MOST_STEPS),
    members: wholeWithin(1, Math.floor(MOST_NUMBERS / size)),
    firstMember: wholeWithin(0, LIMITS.item - 1),
    seed: {
      expected: "a number or a bigint",
      fits: (value) => typeof value === "number" || typeof value === "bigint",
    },
    sharpness: {
      expected: `${sharpnessOf.expected}, or a list of ${scales} such`,
      fits: (value) =>
        Array.isArray(value)
          ? value.length === scales && Array.from(value).every(sharpnessOf.fits)
          : sharpnessOf.fits(value),
    },
    signal: { expected: "an AbortSignal", fits: (value) => isObject(value) && "aborted" in value },
  };
  requireOptions("weather/forecast", request, requirements);
  const { initial, steps, members = 16, firstMember = 0, seed = 0, sharpness = config.sharpness, signal } = request;
  requireState(initial, layout);
  const perScale = typeof sharpness === "number" ? new Array<number>(scales).fill(sharpness) : sharpness;
  return { initial, steps, members, firstMember, seed, sharpness: perScale, signal };
}

/**
 * Checks what a forecast starts from.
 *
 * @throws NextscaleError `invalid-argument` for a time that is none, `shape` for a field of another size, `invalid-data` for one
 *   with values that are not finite: the network has no notion of a mask
 */
export function requireState(state: InitialState, layout: FieldLayout): void {
  const where = "weather/forecast";
  if (!Number.isFinite(state.time)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where,
      expected: "initial.time in milliseconds since 1970-01-01 UTC",
      got: String(state.time),
    });
  }
  for (const [name, field] of [
    ["initial.previous", state.previous],
    ["initial.current", state.current],
  ] as const) {
    if (!(field instanceof Float32Array)) {
      throw new NextscaleError({ code: "invalid-argument", where, expected: `${name} to be a Float32Array`, got: typeof field }); // prettier-ignore
    }
    requireSize(where, name, field, layout);
    const isAbsent = (value: number) => !Number.isFinite(value);
    const first = field.findIndex(isAbsent);
    if (first < 0) continue;
    const masked = field.filter(isAbsent).length;
    throw new NextscaleError({
      code: "invalid-data",
      where,
      expected: `${name} without masked cells`,
      got: `${masked} of ${field.length} masked or infinite, the first of ${placeOf(layout, first)}`,
      fix: "fill them, from a climatology for example",
    });
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
