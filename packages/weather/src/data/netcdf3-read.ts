import { datasetOf, type Dataset, type NumberArray } from "./dataset.js";
import { readNetcdf3Header, type Netcdf3Header, type Netcdf3Variable } from "./netcdf3-header.js";
import { allocate, readNumbers } from "./netcdf3-types.js";
import { elementsOf, forEachRun, regionOf, type Region } from "./slice.js";

/**
 * Opens a NetCDF-3 file (classic or 64-bit offset). The header is checked now, the numbers are read when asked for; `bytes`
 * must not change until then.
 *
 * @param file the file's name, for messages
 * @throws NextscaleError `invalid-file`
 */
export function readNetcdf3(bytes: Uint8Array, file = "the file"): Dataset {
  const header = readNetcdf3Header(bytes, file);
  const variables = header.variables.map((variable) => ({
    ...{ name: variable.name, dimensions: variable.dimensions, shape: variable.shape },
    attributes: variable.attributes,
    read: async (slice = {}) => readRegion(bytes, header, variable, regionOf(variable, slice)),
  }));
  return datasetOf(variables, header.attributes, file);
}

function readRegion(bytes: Uint8Array, header: Netcdf3Header, variable: Netcdf3Variable, region: Region): NumberArray {
  const { type } = variable;
  const result = allocate(type, elementsOf(region.count));
  let filled = 0;
  forEachStretch(header, variable, region, (offset, length) => {
    result.set(readNumbers(bytes.subarray(offset, offset + length * type.bytes), type), filled);
    filled += length;
  });
  return result;
}

/** Where the numbers of a variable lie: what reading and writing need to know of a file. */
export type Netcdf3Place = Pick<Netcdf3Variable, "shape" | "type" | "begin" | "isRecord">;

/** Calls `visit` with the byte offset and the number of elements of each contiguous stretch of a region. */
export function forEachStretch(
  { recordBytes }: Pick<Netcdf3Header, "recordBytes">,
  { shape, type, begin, isRecord }: Netcdf3Place,
  region: Region,
  visit: (offset: number, length: number) => void,
): void {
  if (!isRecord) {
    forEachRun(shape, region, (first, length) => visit(begin + first * type.bytes, length));
    return;
  }
  const inner = { start: region.start.slice(1), count: region.count.slice(1) };
  for (let record = 0; record < region.count[0]!; record++) {
    const base = begin + (region.start[0]! + record) * recordBytes;
    forEachRun(shape.slice(1), inner, (first, length) => visit(base + first * type.bytes, length));
  }
}
