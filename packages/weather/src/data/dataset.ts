import { NextscaleError } from "@nextscale/engine";

/** Numbers as a file stores them. Sixty-four-bit integers are read as float64. */
export type NumberArray =
  Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;

/** An attribute: text, or numbers (one number is an array of length one). */
export type AttributeValue = string | readonly number[];

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * A part of an array, addressed by dimension name: an index, or a half-open range [start, stop). A dimension that is not
 * named is taken whole. An index keeps its dimension, with extent 1.
 */
export type Slice = Readonly<Record<string, number | readonly [start: number, stop: number]>>;

/** A variable whose numbers are read when asked for. */
export interface Variable {
  readonly name: string;
  /** Names of the dimensions, slowest first. */
  readonly dimensions: readonly string[];
  /** Extents, in the order of `dimensions`. */
  readonly shape: readonly number[];
  readonly attributes: Attributes;
  /**
   * Numbers as stored, row-major, without scale factor, offset or missing values applied: see `readDecoded`.
   *
   * @throws NextscaleError `invalid-argument` for a slice outside the variable, `invalid-file` for damaged content
   */
  read(slice?: Slice): Promise<NumberArray>;
}

/** A data set: the NetCDF data model of named dimensions, variables and attributes. */
export interface Dataset {
  /** Extent of each dimension. */
  readonly dimensions: ReadonlyMap<string, number>;
  /** The variables that have one dimension and its name: CF's coordinate variables. */
  readonly coordinates: ReadonlyMap<string, Variable>;
  /** All variables, coordinates too. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly attributes: Attributes;
}

/** Most elements that one `read` gives: 2 GiB of float32. */
export const MOST_ELEMENTS = 2 ** 29;

/**
 * Puts a data set together and checks that its variables agree.
 *
 * @param file the file's name, for messages
 * @throws NextscaleError `invalid-file` when two variables give a dimension different extents or have one name
 */
export function datasetOf(variables: readonly Variable[], attributes: Attributes, file = "the file"): Dataset {
  const dimensions = new Map<string, number>();
  const byName = new Map<string, Variable>();
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-file", where: "weather/datasetOf", expected: `${expected} in ${file}`, got });
  for (const variable of variables) {
    if (byName.has(variable.name)) throw refuse("variables of different names", `two named ${variable.name}`);
    byName.set(variable.name, variable);
    variable.dimensions.forEach((dimension, axis) => {
      const extent = variable.shape[axis]!;
      const known = dimensions.get(dimension) ?? extent;
      if (known !== extent) throw refuse(`one extent of ${dimension}`, `${known} and, in ${variable.name}, ${extent}`);
      dimensions.set(dimension, extent);
    });
  }
  const coordinates = new Map(
    variables
      .filter((one) => one.dimensions.length === 1 && one.dimensions[0] === one.name)
      .map((one) => [one.name, one]),
  );
  return { dimensions, coordinates, variables: byName, attributes };
}

/**
 * The variable of a name.
 *
 * @throws NextscaleError `missing-data`
 */
export function variableOf(dataset: Dataset, name: string): Variable {
  const variable = dataset.variables.get(name);
  if (variable !== undefined) return variable;
  throw new NextscaleError({
    code: "missing-data",
    where: "weather/variableOf",
    expected: `a variable ${JSON.stringify(name)}`,
    got: `a data set with ${[...dataset.variables.keys()].join(", ") || "no variables"}`,
    fix: "name one of these",
  });
}
