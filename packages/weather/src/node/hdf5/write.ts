import type * as Hdf5 from "h5wasm/node";
import type { AttributeValue, NumberArray } from "../../data/dataset.js";
import type { Region } from "../../data/slice.js";
import type { Hdf5Plan, Hdf5VariablePlan } from "./protocol.js";
import { NO_VARIABLE, type H5wasm } from "./read.js";

/** Types as h5wasm writes them, little-endian. */
const DTYPES = { int: "<i", float: "<f", double: "<d" } as const;

/**
 * Creates a NetCDF-4 file whose numbers come later: variables are dimension scales, or have those attached that are named
 * after their dimensions; the order of creation is kept, as netCDF-C wants it (NetCDF-4 file format, "Creating NetCDF-4 files
 * with HDF5").
 */
export function create(h5: H5wasm, file: string, { dimensions, record, variables, attributes }: Hdf5Plan): Hdf5.File {
  const root = new h5.File(file, "w", { track_order: true });
  writeAttributes(root, attributes);
  for (const variable of variables) {
    const dataset = createDataset(root, variable, record);
    if (isScale(variable)) dataset.make_scale(variable.name);
    writeAttributes(dataset, variable.attributes, DTYPES[variable.type]);
  }
  for (const [name, extent] of Object.entries(dimensions)) {
    if (variables.some((variable) => isScale(variable) && variable.name === name)) continue;
    const shared = { name, dimensions: [name], path: `/${name}`, shape: [extent], chunks: [Math.min(extent, 1024)] };
    const scale = createDataset(root, { ...shared, type: "float", attributes: {} }, record);
    scale.make_scale(`${NO_VARIABLE}${String(extent).padStart(10)}`);
  }
  for (const variable of variables) {
    if (isScale(variable)) continue;
    const dataset = datasetAt(h5, root, variable.path);
    variable.dimensions.forEach((dimension, axis) => dataset.attach_scale(axis, `/${dimension}`));
  }
  return root;
}

/** Writes numbers of a region, row-major. */
export function write(h5: H5wasm, root: Hdf5.File, path: string, { start, count }: Region, values: NumberArray): void {
  const dataset = datasetAt(h5, root, path);
  if (count.length > 0) {
    dataset.write_slice(
      start.map((at, axis) => [at, at + count[axis]!]),
      values,
    );
    return;
  }
  // HDF5 selects no part of a scalar, and h5wasm writes only parts.
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const at = h5.Module._malloc(bytes.length);
  try {
    h5.Module.HEAPU8.set(bytes, at);
    h5.Module.set_dataset_data(root.file_id, path, null, null, null, BigInt(at));
  } finally {
    h5.Module._free(at);
  }
}

/** Everything on the disk as far as HDF5 is concerned, and the file closed. */
export function finish(root: Hdf5.File): void {
  root.flush();
  root.close();
}

function isScale({ name, dimensions }: Hdf5VariablePlan): boolean {
  return dimensions.length === 1 && dimensions[0] === name;
}

/** A dataset of the full extents. One in chunks is created empty and extended, since h5wasm fills what it creates. */
function createDataset(root: Hdf5.File, variable: Hdf5VariablePlan, record: string | undefined): Hdf5.Dataset {
  const { path, type, shape, dimensions, chunks } = variable;
  const shared = { name: path.slice(1), dtype: DTYPES[type] };
  if (shape.length === 0) return root.create_dataset({ ...shared, shape: [], data: [0] });
  const dataset = root.create_dataset({
    ...shared,
    data: [],
    shape: shape.with(0, 0),
    maxshape: shape.map((extent, axis) => (dimensions[axis] === record ? null : extent)),
    chunks: [...chunks],
  });
  dataset.resize([...shape]);
  return dataset;
}

function datasetAt(h5: H5wasm, root: Hdf5.File, path: string): Hdf5.Dataset {
  const dataset = root.get(path);
  if (dataset instanceof h5.Dataset) return dataset;
  throw new Error(`internal: no dataset ${path}`);
}

/** @param type of missing values: they are compared with the numbers, so they must have their type */
function writeAttributes(
  owner: Hdf5.Dataset | Hdf5.Group,
  attributes: Readonly<Record<string, AttributeValue>>,
  type?: string,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "string") {
      // HDF5 has no text of no bytes.
      const bytes = Math.max(1, new TextEncoder().encode(value).length);
      owner.create_attribute(name, value, [], `S${bytes}`);
      continue;
    }
    const isMissing = name === "_FillValue" || name === "missing_value";
    const whole = value.every((one) => Number.isInteger(one) && Math.abs(one) < 2 ** 31);
    const dtype = isMissing && type !== undefined ? type : whole ? "<i" : "<d";
    owner.create_attribute(name, [...value], [value.length], dtype);
  }
}
