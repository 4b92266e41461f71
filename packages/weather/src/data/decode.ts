import { NextscaleError } from "@nextscale/engine";
import type { Attributes, NumberArray, Slice, Variable } from "./dataset.js";
import { elementsOf, regionOf } from "./slice.js";

/**
 * Applies `_FillValue`, `missing_value`, `scale_factor` and `add_offset` (CF 1.10, sections 2.5.1 and 8.1): stored numbers
 * to float32 in the units of the variable, NaN where there is none. The comparison is with the stored number.
 *
 * @throws NextscaleError `invalid-data` for a scale factor or an offset that is not a number
 */
export function decodeFloat32(values: NumberArray, attributes: Attributes): Float32Array {
  const scale = numberOf(attributes, "scale_factor", 1);
  const offset = numberOf(attributes, "add_offset", 0);
  const missing = [attributes["_FillValue"], attributes["missing_value"]].flatMap((value) =>
    typeof value === "object" ? value : [],
  );
  const result = new Float32Array(values.length);
  // A missing value is often written as float64 beside float32 numbers.
  const rounded = values instanceof Float32Array ? missing.map(Math.fround) : missing;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    result[i] = rounded.includes(value) ? NaN : value * scale + offset;
  }
  return result;
}

/** Options of {@link readDecoded}. */
export interface ReadDecodedOptions {
  /** The part to read; everything unless told. */
  readonly slice?: Slice;
  /** All dimensions of the variable, slowest first, in the order wanted; the file's unless told. */
  readonly order?: readonly string[];
}

/** Numbers with the extent of each dimension. */
export interface DecodedArray {
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  /** Row-major; NaN where the file has no value. */
  readonly values: Float32Array;
}

/**
 * Reads part of a variable as float32 in its units, its dimensions in the order asked for, whatever the file's.
 *
 * @throws NextscaleError `invalid-argument` when `order` is not a permutation of the variable's dimensions
 */
export async function readDecoded(variable: Variable, options: ReadDecodedOptions = {}): Promise<DecodedArray> {
  const { count } = regionOf(variable, options.slice);
  const order = options.order ?? variable.dimensions;
  const axes = order.map((dimension) => variable.dimensions.indexOf(dimension));
  if (axes.length !== count.length || axes.includes(-1) || new Set(axes).size !== axes.length) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: `weather/readDecoded ${variable.name}`,
      expected: `the dimensions ${variable.dimensions.join(", ")} in some order`,
      got: order.join(", ") || "none",
    });
  }
  const values = decodeFloat32(await variable.read(options.slice), variable.attributes);
  return { dimensions: order, shape: axes.map((axis) => count[axis]!), values: transpose(values, count, axes) };
}

/** Row-major values with their axes in another order. */
function transpose(values: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  if (axes.every((axis, i) => axis === i)) return values;
  const strides = axes.map((axis) => elementsOf(shape.slice(axis + 1)));
  const extents = axes.map((axis) => shape[axis]!);
  const index = new Array<number>(axes.length).fill(0);
  const result = new Float32Array(values.length);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let k = axes.length - 1; k >= 0; k--) {
      from += strides[k]!;
      if (++index[k]! < extents[k]!) break;
      from -= strides[k]! * extents[k]!;
      index[k] = 0;
    }
  }
  return result;
}

function numberOf(attributes: Attributes, name: string, otherwise: number): number {
  const value = attributes[name];
  if (value === undefined) return otherwise;
  if (typeof value === "object" && value.length === 1 && Number.isFinite(value[0])) return value[0]!;
  throw new NextscaleError({
    code: "invalid-data",
    where: "weather/decodeFloat32",
    expected: `one finite number as ${name}`,
    got: JSON.stringify(value),
    fix: "mend the attribute of the variable",
  });
}
