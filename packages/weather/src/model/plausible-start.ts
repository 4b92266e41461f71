import { NextscaleError } from "@nextscale/engine";
import { forecastVariable } from "../data/channel-names.js";
import type { FieldLayout } from "../verification/case.js";
import { placeOf } from "./place-of.js";

/**
 * How often the limits of forecasts, six standard deviations of a cell, a start may lie from the climatology: in ten years of
 * ERA-Interim over western Europe its storms reach 1.4 times; temperatures in degrees Celsius, or heights for geopotential, tens.
 */
const BEYOND = 3;

/** Added for cells that hardly vary, of a channel's deviation: their own six would refuse other analyses of the same weather. */
const SLACK = 1;

/** What is known of the fields of a time. */
export interface KnownClimate {
  readonly layout: FieldLayout;
  /** Largest departure that a forecast may reach, in deviations [H, W, C]. */
  readonly limit: Float32Array;
  /** Departures [H, W, C] from the climatology of the time in the channels' units, [channel][latitude][longitude]. */
  unscaled(departures: Float32Array): Float32Array;
}

/**
 * Checks that a start could be weather of the model's climate. Forecasts are kept within limits about it, so from a field in
 * other units they would come out smoothly, of a start that nobody has given.
 *
 * @throws NextscaleError `invalid-data` naming the channels, and the first value with what was expected in its place
 */
export function requirePlausible(name: string, field: Float32Array, { layout, limit, unscaled }: KnownClimate): void {
  const bounds = (sign: 1 | -1) => unscaled(limit.map((value) => sign * (BEYOND * value + SLACK)));
  const [least, most] = [bounds(-1), bounds(1)];
  const beyond = Array.from(field.keys()).filter((at) => field[at]! < least[at]! || field[at]! > most[at]!);
  const [first] = beyond;
  if (first === undefined) return;
  const cells = field.length / layout.channels.length;
  const channels = [...new Set(beyond.map((at) => layout.channels[Math.floor(at / cells)]!))];
  const { units } = forecastVariable(channels[0]!);
  const figure = (value: number) => Number(value.toPrecision(5)).toString();
  const range = `from ${figure(least[first]!)} to ${figure(most[first]!)}${units === undefined ? "" : ` ${units}`}`;
  throw new NextscaleError({
    code: "invalid-data",
    where: "weather/forecast",
    expected: `${name} of the model's climate, such as ${placeOf(layout, first)} ${range}`,
    got: `${figure(field[first]!)}; so far off are ${beyond.length} of ${field.length} values, of ${channels.join(", ")}`,
    fix: "check units and missing values of the analyses, and that the model is of such weather",
  });
}
