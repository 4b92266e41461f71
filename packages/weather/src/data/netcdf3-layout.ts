import { NextscaleError } from "@nextscale/engine";
import type { AttributeValue, Attributes } from "./dataset.js";
import { checkDefinition, type DatasetDefinition, type VariableDefinition } from "./definition.js";
import { EXTERNAL_TYPES, padded, writeNumbers, type ExternalType } from "./netcdf3-types.js";
import type { Netcdf3Place } from "./netcdf3-read.js";
import { elementsOf, type Named } from "./slice.js";

/** Classic files address 2 GiB, those with 64-bit offsets all that a disk holds. */
export type Netcdf3Version = "classic" | "64-bit-offset";

/** Where each number of a file to be written goes. */
export interface Netcdf3Layout {
  readonly header: Uint8Array;
  readonly variables: ReadonlyMap<string, VariableDefinition & Named & Netcdf3Place>;
  readonly recordBytes: number;
  /** Length of the file in bytes. */
  readonly fileBytes: number;
}

/**
 * The header of a NetCDF-3 file and the place of each variable (NetCDF Users Guide, "File Format Specifications"). All
 * records are counted in the header, so it never changes.
 *
 * @throws NextscaleError `invalid-argument` for a definition that NetCDF-3 cannot hold
 */
export function layOutNetcdf3(definition: DatasetDefinition, version: Netcdf3Version): Netcdf3Layout {
  const variables = checkDefinition(definition);
  const names = Object.keys(definition.dimensions);
  const record = definition.record;
  if (record !== undefined && !names.includes(record)) throw refuse("a record dimension of the file", record);
  const records = record === undefined ? 0 : definition.dimensions[record]!;
  const planned = variables.map((variable) => {
    if (record !== undefined && variable.dimensions.lastIndexOf(record) > 0) {
      throw refuse(`${record} as the first dimension`, `${variable.name}(${variable.dimensions.join(", ")})`);
    }
    const isRecord = record !== undefined && variable.dimensions[0] === record;
    const type = EXTERNAL_TYPES.find(({ name }) => name === variable.type)!;
    const slab = elementsOf(isRecord ? variable.shape.slice(1) : variable.shape) * type.bytes;
    return { variable, type, isRecord, slab };
  });
  const head = (begins: readonly number[]): Uint8Array => {
    const out = new HeaderBytes();
    out.raw([0x43, 0x44, 0x46, version === "classic" ? 1 : 2]);
    out.word(records);
    out.list(10, names, (name) => {
      out.text(name);
      out.word(name === record ? 0 : definition.dimensions[name]!);
    });
    out.attributes(definition.attributes);
    out.list(11, planned, ({ variable, type, slab }, i) => {
      out.text(variable.name);
      out.word(variable.dimensions.length);
      for (const dimension of variable.dimensions) out.word(names.indexOf(dimension));
      // A missing value is compared with the numbers, so it must have their type.
      out.attributes(variable.attributes, type);
      out.word(type.code);
      out.word(slab > 0xffffffff - 4 ? 0xffffffff : padded(slab));
      if (version !== "classic") out.word(Math.floor(begins[i]! / 2 ** 32));
      out.word(begins[i]! % 2 ** 32);
    });
    return out.bytes();
  };
  // The numbers in a header are of fixed size, so a first one without offsets tells its length.
  let at = head(planned.map(() => 0)).length;
  const begins = new Map<string, number>();
  for (const isRecord of [false, true]) {
    for (const one of planned.filter((plan) => plan.isRecord === isRecord)) {
      begins.set(one.variable.name, at);
      at += padded(one.slab);
    }
  }
  const recordBytes = planned.filter(({ isRecord }) => isRecord).reduce((sum, { slab }) => sum + padded(slab), 0);
  const fileBytes = at + Math.max(0, records - 1) * recordBytes;
  if (version === "classic" && fileBytes >= 2 ** 31)
    throw refuse("less than 2 GiB in a classic file", `${fileBytes} bytes`);
  // Of the last variable only the beginning must be within reach, but no such exception is worth its rules.
  const large = planned.find(({ slab }) => slab >= 2 ** 32 - 4);
  if (large !== undefined) {
    const fix = "write NetCDF-4 (.nc4) or Zarr (.zarr), which have no such limit, or a part at a time";
    throw refuse("less than 4 GiB in a variable or record", `${large.slab} bytes of ${large.variable.name}`, fix);
  }
  return {
    header: head(planned.map(({ variable }) => begins.get(variable.name)!)),
    variables: new Map(
      planned.map(({ variable, type, isRecord }) => [
        variable.name,
        { ...variable, type, isRecord, begin: begins.get(variable.name)! } as never,
      ]),
    ),
    recordBytes,
    fileBytes,
  };
}

/** Collects the parts of a header, each padded to four bytes. */
class HeaderBytes {
  readonly #parts: number[] = [];

  raw(bytes: Iterable<number>): void {
    for (const byte of bytes) this.#parts.push(byte);
    while (this.#parts.length % 4 !== 0) this.#parts.push(0);
  }

  word(value: number): void {
    this.#parts.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.word(bytes.length);
    this.raw(bytes);
  }

  list<T>(tag: number, items: readonly T[], write: (item: T, index: number) => void): void {
    this.word(items.length === 0 ? 0 : tag);
    this.word(items.length);
    items.forEach(write);
  }

  attributes(attributes: Attributes, type?: ExternalType): void {
    this.list(12, Object.entries(attributes), ([name, value]) => {
      this.text(name);
      this.#value(value, name === "_FillValue" || name === "missing_value" ? type : undefined);
    });
  }

  #value(value: AttributeValue, type?: ExternalType): void {
    const kind = EXTERNAL_TYPES.find(({ name }) => name === (typeof value === "string" ? "char" : "double"))!;
    if (typeof value === "string") {
      this.word(kind.code);
      this.text(value);
      return;
    }
    const whole = value.every((one) => Number.isInteger(one) && Math.abs(one) < 2 ** 31);
    const numeric = type ?? (whole ? EXTERNAL_TYPES.find(({ name }) => name === "int")! : kind);
    this.word(numeric.code);
    this.word(value.length);
    this.raw(writeNumbers(value, numeric));
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#parts);
  }
}

function refuse(expected: string, got: string, fix?: string): NextscaleError {
  const where = "weather/layOutNetcdf3";
  return new NextscaleError({ code: "invalid-argument", where, expected, got, ...(fix === undefined ? {} : { fix }) });
}
