import { NextscaleError } from "@nextscale/engine";
import type { Attributes, NumberArray } from "./dataset.js";
import type { Named } from "./slice.js";

/** A variable to be written. */
export interface VariableDefinition {
  readonly name: string;
  readonly type: "int" | "float" | "double";
  readonly dimensions: readonly string[];
  readonly attributes: Attributes;
  /** All its numbers, where they are known beforehand; those of other variables are appended to the open file. */
  readonly values?: ArrayLike<number>;
  /** Extents of the chunks of Zarr and NetCDF-4 along some dimensions; the others are not divided. NetCDF-3 has none. */
  readonly chunks?: Readonly<Record<string, number>>;
}

/** What a file will hold: enough to write its metadata before the first number is there. */
export interface DatasetDefinition {
  /** Extent of each dimension. */
  readonly dimensions: Readonly<Record<string, number>>;
  /** NetCDF's record dimension: the first of the variables that have it. None unless told. */
  readonly record?: string;
  readonly variables: readonly VariableDefinition[];
  readonly attributes: Attributes;
}

/**
 * The variables of a definition with their extents.
 *
 * @throws NextscaleError `invalid-argument` for unknown dimensions, names twice, or values that do not fit
 */
export function checkDefinition(definition: DatasetDefinition): readonly (VariableDefinition & Named)[] {
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where: "weather/checkDefinition", expected, got });
  for (const [name, extent] of Object.entries(definition.dimensions)) {
    const fits = Number.isInteger(extent) && extent >= 1 && extent < 2 ** 31;
    if (!NAME.test(name) || !fits) throw refuse("dimensions of 1 to 2^31 - 1 with plain names", `${name} of ${extent}`);
  }
  const names = definition.variables.map(({ name }) => name);
  names.forEach((name, i) => {
    // A pattern takes what is no text for the text of it: `undefined` would pass as a plain name.
    const isPlain = typeof name === "string" && NAME.test(name);
    if (!isPlain || names.indexOf(name) !== i) throw refuse("plain names, each once", JSON.stringify(name) ?? "none");
  });
  return definition.variables.map((variable) => {
    const shape = variable.dimensions.map((dimension) => {
      const extent = Object.hasOwn(definition.dimensions, dimension) ? definition.dimensions[dimension] : undefined;
      if (extent === undefined) throw refuse(`a dimension of the file in ${variable.name}`, dimension);
      return extent;
    });
    const elements = shape.reduce((product, extent) => product * extent, 1);
    if (variable.values !== undefined && variable.values.length !== elements) {
      throw refuse(`${elements} values of ${variable.name}`, `${variable.values.length}`);
    }
    return { ...variable, shape };
  });
}

/** Numbers of a variable in its type. */
export function typedNumbers(type: VariableDefinition["type"], values: ArrayLike<number>): NumberArray {
  if (type === "int") return Int32Array.from(values);
  return type === "float" ? Float32Array.from(values) : Float64Array.from(values);
}

/** Names that NetCDF and Zarr both take, and that are safe as the name of a folder. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/;
