import { NextscaleError } from "@nextscale/engine";
import { channelOf, requireUnits } from "./channel-names.js";
import type { Dataset, Slice, Variable } from "./dataset.js";
import type { GridPlacement } from "./grid-of.js";
import { sameUnits } from "./units.js";

/** Where a channel is in a data set. */
export interface ChannelSource {
  readonly variable: Variable;
  /** The part of the variable that is the channel: a level, or everything. */
  readonly slice: Slice;
}

/** Names of the dimension of pressure levels where neither `standard_name` nor units tell. */
const LEVEL_NAMES = ["level", "pressure_level", "isobaricInhPa", "plev", "lev"];

/**
 * The channels of a data set by name: a variable on the grid is a channel of its own name, or that of its quantity where it is
 * named as WeatherBench 2 names it; a variable with pressure levels is a channel at each, `geopotential` at 500 hPa z500.
 *
 * @param leading names of the other dimensions that a channel has, such as that of time
 */
export async function findChannels(
  dataset: Dataset,
  { latitude, longitude }: GridPlacement,
  leading: readonly string[],
): Promise<ReadonlyMap<string, ChannelSource>> {
  const plain = new Map<string, ChannelSource>();
  const levelled = new Map<string, ChannelSource>();
  const needed = [latitude, longitude, ...leading];
  for (const variable of dataset.variables.values()) {
    const others = variable.dimensions.filter((name) => !needed.includes(name));
    if (needed.some((name) => !variable.dimensions.includes(name)) || others.length > 1) continue;
    const [dimension] = others;
    if (dimension === undefined) {
      plain.set(channelOf(variable.name), { variable, slice: {} });
      continue;
    }
    const levels = await levelsOf(dataset, dimension);
    levels?.forEach((level, i) =>
      levelled.set(channelOf(variable.name, level), { variable, slice: { [dimension]: i } }),
    );
  }
  // A variable with a channel's own name is that channel, whatever else the file has.
  return new Map([...levelled, ...plain]);
}

/**
 * The sources of some channels.
 *
 * @throws NextscaleError `missing-data` naming what there is; `invalid-data` for a channel in other units than its name stands for
 */
export function requireChannels(
  where: string,
  found: ReadonlyMap<string, ChannelSource>,
  channels: readonly string[],
): readonly ChannelSource[] {
  return channels.map((channel) => {
    const source = found.get(channel);
    if (source === undefined) {
      throw new NextscaleError({
        code: "missing-data",
        where,
        expected: `a variable ${channel}`,
        got: [...found.keys()].join(", ") || "no variables with these dimensions",
        fix: "rename the variable, or choose another file",
      });
    }
    requireUnits(where, channel, source.variable.attributes);
    return source;
  });
}

/** Levels in hPa; undefined for a dimension that is none of pressure. */
async function levelsOf(dataset: Dataset, dimension: string): Promise<readonly number[] | undefined> {
  const coordinate = dataset.coordinates.get(dimension);
  if (coordinate === undefined) return undefined;
  const { standard_name: standardName, units } = coordinate.attributes;
  const inPascal = typeof units === "string" && sameUnits(units, "Pa");
  const isPressure = standardName === "air_pressure" || inPascal || units === "hPa" || units === "millibars";
  if (!isPressure && !LEVEL_NAMES.includes(dimension)) return undefined;
  return Array.from(await coordinate.read(), (value) => (inPascal ? value / 100 : value));
}
