import type * as Hdf5 from "h5wasm/node";
import type { AttributeValue, Attributes, NumberArray } from "../../data/dataset.js";
import type { Region } from "../../data/slice.js";
import { ARRAY_CLASSES, type ArrayClass, type Hdf5Content, type Hdf5Variable } from "./protocol.js";

/** h5wasm as it is imported. */
export type H5wasm = typeof Hdf5;

/** Far more than any file has. */
const MOST_ATTRIBUTE_BYTES = 2 ** 24;

/** What HDF5's dimension scales and netCDF-C keep in attributes, not the user (NetCDF-4 file format, "Reserved names"). */
const HOUSEKEEPING =
  /^(CLASS|NAME|DIMENSION_LIST|REFERENCE_LIST|DIMENSION_LABELS|_Netcdf4Dimid|_Netcdf4Coordinates|_NCProperties|_nc3_strict|_NCCOMPRESSION.*)$/;

/** How netCDF-C names the scale of a dimension without coordinates. */
export const NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable.";

/** How netCDF-C names the dataset of a variable that has the name of a dimension and is no coordinate of it. */
export const NO_COORDINATE = "_nc4_non_coord_";

/**
 * What an HDF5 file holds that NetCDF's model has a place for: datasets of numbers in the root group. Axes have the names of
 * their dimension scales, or else `<variable>_<axis>`.
 */
export function describe(h5: H5wasm, file: string): Hdf5Content {
  return withFile(h5, file, (root) => {
    const variables = root.keys().flatMap((key): Hdf5Variable[] => {
      const dataset = root.get(key);
      if (!(dataset instanceof h5.Dataset)) return [];
      const variable = variableOf(dataset, key);
      return variable === undefined ? [] : [variable];
    });
    return { variables, attributes: attributesOf(root) };
  });
}

/** Numbers of a region of a dataset, row-major. */
export function read(h5: H5wasm, file: string, path: string, { start, count }: Region): NumberArray {
  return withFile(h5, file, (root) => {
    const dataset = root.get(path);
    if (!(dataset instanceof h5.Dataset) || arrayClassOf(dataset.metadata) === undefined) {
      throw new Error(`${path} is no longer a dataset of numbers`);
    }
    const found = count.length === 0 ? dataset.value : dataset.slice(start.map((at, axis) => [at, at + count[axis]!]));
    const numbers = numbersOf(found, dataset.metadata);
    // The package cuts off what lies outside of the dataset.
    if (numbers.length === count.reduce((product, extent) => product * extent, 1)) return numbers;
    throw new Error(`${path} has other extents than before`);
  });
}

function withFile<T>(h5: H5wasm, file: string, action: (root: Hdf5.File) => T): T {
  const root = new h5.File(file, "r");
  const result = action(root);
  // Not after a failure: nothing in the library is trusted then, and the thread ends.
  root.close();
  return result;
}

function variableOf(dataset: Hdf5.Dataset, key: string): Hdf5Variable | undefined {
  const { metadata } = dataset;
  const array = arrayClassOf(metadata);
  const scale = dataset.get_scale_name();
  if (array === undefined || metadata.shape === null || scale?.startsWith(NO_VARIABLE) === true) return undefined;
  const name = key.startsWith(NO_COORDINATE) ? key.slice(NO_COORDINATE.length) : key;
  const dimensions = metadata.shape.map((_, axis) => {
    if (scale !== null && axis === 0) return key;
    const attached = dataset.get_attached_scales(axis)[0];
    return attached === undefined ? `${name}_${axis}` : attached.slice(attached.lastIndexOf("/") + 1);
  });
  return { name, path: dataset.path, dimensions, shape: metadata.shape, attributes: attributesOf(dataset), array };
}

/** HDF5's classes of types (H5T_class_t). */
const [INTEGER, FLOAT, STRING] = [0, 1, 3];

function arrayClassOf({ type, size, signed, vlen }: Hdf5.Metadata): ArrayClass | undefined {
  if (vlen) return undefined;
  if (type === FLOAT) return size === 4 ? "Float32Array" : size === 8 ? "Float64Array" : undefined;
  if (type !== INTEGER) return undefined;
  if (size === 8) return "Float64Array";
  return size === 1 || size === 2 || size === 4
    ? `${signed ? "Int" : "Uint"}${size === 1 ? 8 : size === 2 ? 16 : 32}Array`
    : undefined;
}

/** What h5wasm gives for numbers: a typed array, or for a scalar the number. */
function numbersOf(found: Hdf5.OutputData | null, metadata: Hdf5.Metadata): NumberArray {
  if (found instanceof BigInt64Array || found instanceof BigUint64Array) return Float64Array.from(found, Number);
  if (ArrayBuffer.isView(found)) return found as NumberArray;
  if (typeof found !== "number" && typeof found !== "bigint") throw new Error("a dataset without numbers");
  return new ARRAY_CLASSES[arrayClassOf(metadata)!]([Number(found)]);
}

/** Texts, and numbers as lists; several texts as JSON. Other types are left out. */
function attributesOf(owner: Hdf5.Dataset | Hdf5.Group): Attributes {
  const entries: [string, AttributeValue][] = [];
  for (const [name, attribute] of attributesIn(owner)) {
    const { type, size, total_size: count, shape } = attribute.metadata;
    if (![INTEGER, FLOAT, STRING].includes(type) || shape === null) continue;
    if (size * count > MOST_ATTRIBUTE_BYTES) throw new Error(`an attribute ${name} of ${size * count} bytes`);
    const value = attribute.json_value;
    const list = Array.isArray(value) ? value : [value];
    if (list.every((one) => typeof one === "number")) entries.push([name, list]);
    else entries.push([name, list.length === 1 && typeof list[0] === "string" ? list[0] : JSON.stringify(list)]);
  }
  return Object.fromEntries(entries);
}

function* attributesIn(owner: Hdf5.Dataset | Hdf5.Group): Generator<[string, Hdf5.Attribute]> {
  const { attrs } = owner;
  // The package reads an attribute when it is asked for: not those that are left out.
  for (const name of Object.keys(attrs)) if (!HOUSEKEEPING.test(name)) yield [name, attrs[name]!];
}
