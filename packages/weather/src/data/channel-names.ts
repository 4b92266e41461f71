import { NextscaleError } from "@nextscale/engine";
import type { ForecastVariable } from "./forecast-layout.js";
import type { Attributes } from "./dataset.js";
import { sameUnits } from "./units.js";

/** A physical quantity, as three conventions call it. */
interface Quantity {
  /** CF standard name. */
  readonly standardName: string;
  /** In CF's notation. */
  readonly units: string;
  /** Name of the variable in the stores of WeatherBench 2. */
  readonly weatherBench: string;
}

/** Quantities on pressure levels by the first letter of their channels, such as z500: ECMWF's short names. */
const ON_LEVELS: Readonly<Record<string, Quantity>> = {
  z: quantity("geopotential", "m2 s-2", "geopotential"),
  t: quantity("air_temperature", "K", "temperature"),
  u: quantity("eastward_wind", "m s-1", "u_component_of_wind"),
  v: quantity("northward_wind", "m s-1", "v_component_of_wind"),
  w: quantity("lagrangian_tendency_of_air_pressure", "Pa s-1", "vertical_velocity"),
  q: quantity("specific_humidity", "kg kg-1", "specific_humidity"),
};

/** Quantities at the surface by the name of their channel. So u10 is the wind at 10 m, not at 10 hPa. */
const AT_SURFACE: Readonly<Record<string, Quantity>> = {
  msl: quantity("air_pressure_at_mean_sea_level", "Pa", "mean_sea_level_pressure"),
  sp: quantity("surface_air_pressure", "Pa", "surface_pressure"),
  t2m: quantity("air_temperature", "K", "2m_temperature"),
  u10: quantity("eastward_wind", "m s-1", "10m_u_component_of_wind"),
  v10: quantity("northward_wind", "m s-1", "10m_v_component_of_wind"),
};

const LEVEL_CHANNEL = /^([a-z])(\d+(?:\.\d+)?)$/;

/** What a forecast file says of a channel, as far as its name tells: `z500` is geopotential in m2 s-2. */
export function forecastVariable(channel: string): ForecastVariable {
  const found = quantityOf(channel);
  if (found === undefined) return { name: channel, longName: channel };
  const { quantity, level } = found;
  const what = quantity.weatherBench.replaceAll("_", " ");
  const { standardName, units } = quantity;
  return { name: channel, standardName, units, longName: level === undefined ? what : `${what} at ${level} hPa` };
}

/** Channel of a variable at a level, in hPa, or of one without levels: geopotential at 500 is z500. */
export function channelOf(variable: string, level?: number): string {
  const known = Object.entries(level === undefined ? AT_SURFACE : ON_LEVELS);
  const short = known.find(([, { weatherBench }]) => weatherBench === variable)?.[0] ?? variable;
  return level === undefined ? short : `${short}${level}`;
}

/**
 * Checks the units that a file gives a channel; a file that gives none is believed.
 *
 * @throws NextscaleError `invalid-data` for others than those that the channel's name stands for
 */
export function requireUnits(where: string, channel: string, { units }: Attributes): void {
  const expected = quantityOf(channel)?.quantity.units;
  if (expected === undefined || typeof units !== "string" || sameUnits(units, expected)) return;
  throw new NextscaleError({
    code: "invalid-data",
    where,
    expected: `${channel} in ${expected}`,
    got: units === "" ? "no units" : units,
    fix: "convert the values, or give the variable another name",
  });
}

function quantityOf(channel: string): { readonly quantity: Quantity; readonly level?: string } | undefined {
  if (Object.hasOwn(AT_SURFACE, channel)) return { quantity: AT_SURFACE[channel]! };
  const [, letter = "", level = ""] = LEVEL_CHANNEL.exec(channel) ?? [];
  return Object.hasOwn(ON_LEVELS, letter) ? { quantity: ON_LEVELS[letter]!, level } : undefined;
}

function quantity(standardName: string, units: string, weatherBench: string): Quantity {
  return { standardName, units, weatherBench };
}
