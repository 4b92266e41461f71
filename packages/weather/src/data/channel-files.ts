import { NextscaleError } from "@nextscale/engine";
import { datasetOf, type Dataset, type Variable } from "./dataset.js";
import { findChannels, type ChannelSource } from "./find-channels.js";
import { gridOf } from "./grid-of.js";
import { timesOf } from "./times-of.js";

const WHERE = "weather/datasetOfChannels";

/** The field of a file, and the coordinates that it is on. */
interface Part {
  readonly source: ChannelSource;
  /** Time, latitude, longitude. */
  readonly coordinates: readonly Variable[];
}

/**
 * Data sets that hold a channel each as one, whose variables have the channels' names: many files give a variable the name of its
 * quantity alone, `z`, and its level in the file's name. The field is the variable of the channel's own name, or the
 * only one, unless that names a level itself.
 *
 * @param files data set of each channel, all of the same times and the same rows and columns
 * @throws NextscaleError `missing-data` without a field, `invalid-data` for several, or for coordinates that differ; as `gridOf`
 *   and `timesOf`
 */
export async function datasetOfChannels(files: Readonly<Record<string, Dataset>>): Promise<Dataset> {
  const parts = await Promise.all(
    Object.entries(files).map(async ([channel, file]) => [channel, await partOf(channel, file)] as const),
  );
  const [first] = parts;
  if (first === undefined) throw refused("missing-data", "a file for each channel", "none");
  const { coordinates } = first[1];
  for (const [channel, part] of parts.slice(1)) await requireSame(first[0], coordinates, channel, part.coordinates);
  return datasetOf([...coordinates, ...parts.map(([channel, part]) => named(channel, part, coordinates))], {});
}

async function partOf(channel: string, file: Dataset): Promise<Part> {
  const placement = await gridOf(file);
  const { dimension } = await timesOf(file);
  const found = await findChannels(file, placement, [dimension]);
  const [only, ...more] = found;
  // A field with a level in its name, t850, says which channel it is.
  const isNameless = only !== undefined && more.length === 0 && !/\d$/.test(only[0]);
  const source = found.get(channel) ?? (isNameless ? only[1] : undefined);
  if (source === undefined) {
    const names = [...found.keys()].join(", ");
    const [code, got] = found.size === 0 ? (["missing-data", "none"] as const) : (["invalid-data", names] as const);
    throw refused(code, `a field ${channel}, or a single one, in the file of ${channel}`, got);
  }
  const names = [dimension, placement.latitude, placement.longitude];
  return { source, coordinates: names.map((name) => file.coordinates.get(name)!) };
}

/** The field under the name of its channel, on the coordinates of all. */
function named(channel: string, { source, coordinates: own }: Part, common: readonly Variable[]): Variable {
  const { variable, slice: level } = source;
  const ownName = new Map(common.map(({ name }, i) => [name, own[i]!.name]));
  const commonName = new Map(own.map(({ name }, i) => [name, common[i]!.name]));
  const axes = Array.from(variable.dimensions.keys()).filter((axis) => commonName.has(variable.dimensions[axis]!));
  return {
    name: channel,
    dimensions: axes.map((axis) => commonName.get(variable.dimensions[axis]!)!),
    shape: axes.map((axis) => variable.shape[axis]!),
    attributes: variable.attributes,
    read: (slice = {}) => {
      const part = Object.entries(slice).map(([name, range]) => [ownName.get(name) ?? name, range] as const);
      return variable.read({ ...Object.fromEntries(part), ...level });
    },
  };
}

async function requireSame(
  first: string,
  expected: readonly Variable[],
  channel: string,
  found: readonly Variable[],
): Promise<void> {
  for (const [i, coordinate] of expected.entries()) {
    const [ours, theirs] = [await coordinate.read(), await found[i]!.read()];
    const isSame =
      coordinate.attributes["units"] === found[i]!.attributes["units"] &&
      ours.length === theirs.length &&
      ours.every((value, at) => value === theirs[at]);
    if (isSame) continue;
    throw refused("invalid-data", `the same ${coordinate.name} in all files`, `another in that of ${channel} than in that of ${first}`); // prettier-ignore
  }
}

function refused(code: "missing-data" | "invalid-data", expected: string, got: string): NextscaleError {
  return new NextscaleError({ code, where: WHERE, expected, got, fix: "check which file holds which channel" });
}
