import { NextscaleError } from "@nextscale/engine";
import { NetCDFReader } from "netcdfjs";
import type { Attributes, AttributeValue } from "./dataset.js";
import { EXTERNAL_TYPES, padded, type ExternalType } from "./netcdf3-types.js";
import { elementsOf } from "./slice.js";

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

type Refuse = (expected: string, got: string, fix?: string) => never;

/** Far more than any file has; a rank is bounded by NetCDF itself too, at 1024 (netcdf.h, NC_MAX_VAR_DIMS). */
const MOST_RANK = 32;

/**
 * Reads the header of a NetCDF-3 file (classic or 64-bit offset; NetCDF Users Guide, "File Format Specifications") with
 * netcdfjs, and checks each size in it against the length of the file, so that the file can be read without surprises.
 *
 * netcdfjs reads whole variables as lists of numbers; where they lie is all that is taken from it.
 *
 * @throws NextscaleError `invalid-file`
 */
export function readNetcdf3Header(bytes: Uint8Array, file = "the file"): Netcdf3Header {
  const refuse: Refuse = (expected, got, fix = "the file is truncated or damaged: fetch it again") => {
    throw new NextscaleError({
      code: "invalid-file",
      where: "weather/readNetcdf3",
      expected: `${expected} in ${file}`,
      got,
      fix,
    });
  };
  checkMagic(bytes, refuse);
  const { header, end } = parse(bytes, refuse);
  const { length: records } = header.recordDimension;
  if (records === 0xffffffff)
    refuse("a count of records", "a file still being written", "finish it, or copy it with nccopy");
  const dimensions = (header.dimensions ?? []).map(({ name, size }) => ({ name: utf8(name), size }));
  const unlimited = dimensions.filter(({ size }) => size === 0);
  if (unlimited.length > 1) refuse("one record dimension at most", `${unlimited.length}`);
  const names = [...dimensions, ...(header.variables ?? [])].map(({ name }) => name);
  if (names.includes("")) refuse("names", "an empty one");

  const declared = (header.variables ?? []).map((variable) => {
    const name = utf8(variable.name);
    if (variable.dimensions.length > MOST_RANK)
      refuse(`at most ${MOST_RANK} dimensions of ${name}`, `${variable.dimensions.length}`);
    const axes = variable.dimensions.map(
      (id) => dimensions[id] ?? refuse(`dimensions 0 to ${dimensions.length - 1}`, `${id} of ${name}`),
    );
    if (axes.slice(1).some(({ size }) => size === 0)) refuse("the record dimension first", `another one in ${name}`);
    const type =
      EXTERNAL_TYPES.find((one) => one.name === variable.type) ??
      refuse("a type of NetCDF-3, 1 to 6", `one of ${name}`);
    const isRecord = axes[0]?.size === 0;
    const shape = axes.map(({ size }, axis) => (axis === 0 && isRecord ? records : size));
    const slab = elementsOf(isRecord ? shape.slice(1) : shape) * type.bytes;
    const attributes = attributesOf(variable.attributes);
    const begin = variable.offset;
    return {
      variable: { name, dimensions: axes.map((axis) => axis.name), shape, attributes, type, begin, isRecord },
      slab,
      stated: variable.size,
    };
  });
  const recordVariables = declared.filter(({ variable }) => variable.isRecord);
  // A lone record variable has no padding between its records.
  const sizeOf = (slab: number) => (recordVariables.length === 1 ? slab : padded(slab));
  const recordBytes = recordVariables.reduce((sum, { slab }) => sum + sizeOf(slab), 0);
  for (const { variable, slab, stated } of declared) {
    const { name, begin, isRecord } = variable;
    // The stated size is redundant; a reader that trusts it must find the truth there (0xffffffff and more: too large for it).
    const fits =
      slab > 0xffffffff - 4 || stated === padded(slab) || (recordVariables.length === 1 && isRecord && stated === slab);
    if (!fits) refuse(`${padded(slab)} bytes as the size of ${name}`, `${stated}`);
    const last = isRecord ? (records === 0 ? 0 : begin + (records - 1) * recordBytes + slab) : begin + slab;
    if (begin < end || last > bytes.length)
      refuse(`${name} within bytes ${end} to ${bytes.length}`, `${begin} to ${last}`);
  }
  const variables = declared.map(({ variable }) => variable);
  return { variables, attributes: attributesOf(header.globalAttributes), recordBytes };
}

/** The header as netcdfjs understands it, and where it ends. Lists that are empty in the file are absent. */
function parse(
  bytes: Uint8Array,
  refuse: Refuse,
): { header: Partial<Header> & Pick<Header, "recordDimension" | "globalAttributes">; end: number } {
  try {
    const { header, buffer } = new NetCDFReader(bytes);
    return { header, end: buffer.offset };
  } catch (error) {
    return refuse("a header of NetCDF-3", error instanceof Error ? error.message : String(error));
  }
}

type Header = NetCDFReader["header"];

/** Texts as texts, numbers as lists of them. */
function attributesOf(attributes: readonly { name: string; type: string; value: unknown }[]): Attributes {
  return Object.fromEntries(
    attributes.map(({ name, type, value }): [string, AttributeValue] => {
      if (type === "char") return [utf8(name), utf8(value as string).replace(/\0+$/, "")];
      const numbers = [value as number | number[]].flat();
      // netcdfjs reads bytes without their sign.
      return [utf8(name), type === "byte" ? numbers.map((byte) => (byte << 24) >> 24) : numbers];
    }),
  );
}

/** netcdfjs makes a character of each byte; files are in UTF-8. */
function utf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

function checkMagic(bytes: Uint8Array, refuse: Refuse): void {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  if (start === "CDF\x01" || start === "CDF\x02") return;
  if (start === "\x89HDF") refuse("NetCDF-3", "NetCDF-4 (HDF5)", "read it with readNetcdf4File or readDatasetFile");
  if (start === "CDF\x05") refuse("NetCDF-3", "NetCDF with 64-bit data (CDF-5)", "convert it: nccopy -k nc6 or nc4");
  const shown = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ") || "no bytes";
  refuse("NetCDF-3, which starts with CDF and 01 or 02", shown, "name a NetCDF file");
}
