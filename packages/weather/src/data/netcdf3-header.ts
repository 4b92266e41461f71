import { NextscaleError } from "@nextscale/engine";
import type { Attributes, AttributeValue } from "./dataset.js";
import { elementsOf } from "./slice.js";
import { EXTERNAL_TYPES, padded, readNumbers, type ExternalType } from "./netcdf3-types.js";

/** A variable as the header of a NetCDF-3 file declares it. */
export interface Netcdf3Variable {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly shape: readonly number[];
  readonly attributes: Attributes;
  readonly type: ExternalType;
  /** Byte of the first element. */
  readonly begin: number;
  /** Whether the first dimension is the record dimension. */
  readonly isRecord: boolean;
}

/** The header of a NetCDF-3 file, checked against the length of the file. */
export interface Netcdf3Header {
  readonly variables: readonly Netcdf3Variable[];
  readonly attributes: Attributes;
  /** Bytes from one record to the next. */
  readonly recordBytes: number;
}

/** NetCDF's own cap on names and on the rank of a variable (netcdf.h: NC_MAX_NAME, NC_MAX_VAR_DIMS is 1024). */
const MOST_NAME = 256;
const MOST_RANK = 32;

/** Far more than any file has; a list of this length is quick to read. */
const MOST_ITEMS = 10_000;

const DIMENSION = 10;
const VARIABLE = 11;
const ATTRIBUTE = 12;

/**
 * Reads the header of a NetCDF-3 file (classic or 64-bit offset; NetCDF Users Guide, "File Format Specifications") and
 * checks each size in it against the length of the file, so that the file can be read without surprises.
 *
 * @throws NextscaleError `invalid-file`
 */
export function readNetcdf3Header(bytes: Uint8Array, file = "the file"): Netcdf3Header {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const refuse = (expected: string, got: string, fix = "the file is truncated or damaged: fetch it again"): never => {
    throw new NextscaleError({
      code: "invalid-file",
      where: "weather/readNetcdf3",
      expected: `${expected} in ${file}`,
      got,
      fix,
    });
  };
  const take = (length: number): number => {
    const from = at;
    if (length > bytes.length - at) refuse(`${length} bytes of header from byte ${at}`, `${bytes.length - at}`);
    at += length;
    return from;
  };
  const word = (): number => view.getUint32(take(4));
  const count = (what: string, most: number): number => {
    const value = word();
    return value <= most ? value : refuse(`at most ${most} ${what}`, `${value}`);
  };
  const text = (length: number): string => {
    const from = take(padded(length));
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  };
  const name = (): string => {
    const value = text(count("bytes in a name", MOST_NAME));
    return value !== "" ? value : refuse("names", "an empty one");
  };
  const list = <T>(tag: number, what: string, item: () => T): T[] => {
    const [found, length] = [word(), count(what, MOST_ITEMS)];
    if (found !== tag && (found !== 0 || length !== 0)) refuse(`a list of ${what} (tag ${tag})`, `tag ${found}`);
    return Array.from({ length }, item);
  };
  const type = (): ExternalType => {
    const code = word();
    return EXTERNAL_TYPES.find((one) => one.code === code) ?? refuse("a type of NetCDF-3, 1 to 6", `type ${code}`);
  };
  const attribute = (): [string, AttributeValue] => {
    const [key, kind, length] = [name(), type(), word()];
    if (kind.name === "char") return [key, text(length).replace(/\0+$/, "")];
    const from = take(padded(length * kind.bytes));
    return [key, Array.from(readNumbers(bytes.subarray(from, from + length * kind.bytes), kind))];
  };

  checkMagic(bytes, refuse);
  const version = bytes[3]!;
  at = 4;
  const records = word();
  if (records === 0xffffffff)
    refuse("a count of records", "a file still being written", "finish it, or copy it with nccopy");
  const dimensions = list(DIMENSION, "dimensions", () => ({ name: name(), size: word() }));
  const unlimited = dimensions.filter(({ size }) => size === 0);
  if (unlimited.length > 1) refuse("one record dimension at most", `${unlimited.length}`);
  const attributes = Object.fromEntries(list(ATTRIBUTE, "attributes", attribute));
  const declared = list(VARIABLE, "variables", () => {
    const variable = name();
    const axes = Array.from({ length: count("dimensions of a variable", MOST_RANK) }, () => {
      const id = word();
      return dimensions[id] ?? refuse(`dimensions 0 to ${dimensions.length - 1}`, `${id} of ${variable}`);
    });
    if (axes.slice(1).some(({ size }) => size === 0))
      refuse("the record dimension first", `another one in ${variable}`);
    const own = Object.fromEntries(list(ATTRIBUTE, "attributes", attribute));
    const kind = type();
    const stated = word();
    const begin = version === 1 ? word() : word() * 2 ** 32 + word();
    const isRecord = axes[0]?.size === 0;
    const shape = axes.map(({ size }, axis) => (axis === 0 && isRecord ? records : size));
    const slab = elementsOf(isRecord ? shape.slice(1) : shape) * kind.bytes;
    return {
      name: variable,
      dimensions: axes.map((one) => one.name),
      shape,
      attributes: own,
      type: kind,
      begin,
      isRecord,
      slab,
      stated,
    };
  });
  const recordVariables = declared.filter(({ isRecord }) => isRecord);
  // A lone record variable has no padding between its records.
  const sizeOf = (slab: number) => (recordVariables.length === 1 ? slab : padded(slab));
  const recordBytes = recordVariables.reduce((sum, { slab }) => sum + sizeOf(slab), 0);
  for (const { name: variable, begin, slab, isRecord, stated } of declared) {
    // The stated size is redundant; a reader that trusts it must find the truth there (0xffffffff and more: too large for it).
    const fits =
      slab > 0xffffffff - 4 || stated === padded(slab) || (recordVariables.length === 1 && isRecord && stated === slab);
    if (!fits) refuse(`${padded(slab)} bytes as the size of ${variable}`, `${stated}`);
    const end = isRecord ? (records === 0 ? 0 : begin + (records - 1) * recordBytes + slab) : begin + slab;
    if (begin < at || end > bytes.length)
      refuse(`${variable} within bytes ${at} to ${bytes.length}`, `${begin} to ${end}`);
  }
  const variables = declared.map(({ name, dimensions, shape, attributes, type, begin, isRecord }) => {
    return { name, dimensions, shape, attributes, type, begin, isRecord };
  });
  return { variables, attributes, recordBytes };
}

function checkMagic(bytes: Uint8Array, refuse: (expected: string, got: string, fix?: string) => never): void {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start === "CDF\x01" || start === "CDF\x02") return;
  if (start === "\x89HDF") refuse("NetCDF-3", "NetCDF-4 (HDF5)", "read it with readNetcdf4");
  if (start === "CDF\x05") refuse("NetCDF-3", "NetCDF with 64-bit data (CDF-5)", "convert it: nccopy -k nc6 or nc4");
  const shown = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ") || "no bytes";
  refuse("NetCDF-3, which starts with CDF and 01 or 02", shown, "name a NetCDF file");
}
