import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { unwritable } from "@nextscale/engine/node";
import type { Slice } from "../data/dataset.js";
import type { DatasetDefinition } from "../data/definition.js";
import { layOutNetcdf3, type Netcdf3Layout, type Netcdf3Version } from "../data/netcdf3-layout.js";
import { forEachStretch } from "../data/netcdf3-read.js";
import { writeNumbers } from "../data/netcdf3-types.js";
import { elementsOf, regionOf } from "../data/slice.js";

/** A file that is being filled. Its parts may come in any order, one call at a time. */
export interface DatasetWriter {
  /**
   * Writes part of a variable, row-major in the order of its dimensions.
   *
   * @throws NextscaleError `invalid-argument` when the values do not fit, `unwritable`; after the latter nothing is left
   */
  write(variable: string, slice: Slice, values: ArrayLike<number>): Promise<void>;
  /**
   * Puts the file in place, once every number is there.
   *
   * @throws NextscaleError `invalid-data` when some numbers were never written, `unwritable`; then nothing is left
   */
  finish(): Promise<void>;
  /** Removes what was written. Harmless after `finish`. */
  abandon(): Promise<void>;
}

const WHERE = "weather/openNetcdf3Writer";

/**
 * Begins a NetCDF-3 file: its header and all variables with `values` are written now, the others as they come, to their own
 * places, so memory does not grow with the file. Until `finish` it has a hidden name beside `path`.
 *
 * @param version `64-bit-offset` unless told
 * @throws NextscaleError `invalid-argument` for a definition NetCDF-3 cannot hold, `unwritable`
 */
export async function openNetcdf3Writer(
  path: string,
  definition: DatasetDefinition,
  version: Netcdf3Version = "64-bit-offset",
): Promise<DatasetWriter> {
  const layout = layOutNetcdf3(definition, version);
  const target = resolve(path);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`);
  let file: FileHandle | undefined;
  const abandon = async (): Promise<void> => {
    const open = file;
    file = undefined;
    if (open === undefined) return;
    await open.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
  };
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      await abandon();
      throw unwritable(WHERE, path, error);
    }
  };
  const written = new Map<string, number>();
  const write = async (name: string, slice: Slice, values: ArrayLike<number>): Promise<void> => {
    const { stretches, elements } = plan(layout, name, slice, values);
    const handle = file;
    if (handle === undefined) throw refuse("a writer that is open", "one finished, abandoned or failed");
    await guarded(() => writeStretches(handle, layout, name, stretches, values));
    written.set(name, (written.get(name) ?? 0) + elements);
  };
  await guarded(async () => {
    await mkdir(dirname(target), { recursive: true });
    file = await open(temporary, "wx");
    await writeAll(file, layout.header, 0);
    await file.truncate(layout.fileBytes);
  });
  for (const { name, values } of definition.variables) if (values !== undefined) await write(name, {}, values);
  const finish = async (): Promise<void> => {
    const handle = file;
    if (handle === undefined) throw refuse("a writer that is open", "one finished, abandoned or failed");
    const short = [...layout.variables.values()].find(
      ({ name, shape }) => (written.get(name) ?? 0) < elementsOf(shape),
    );
    if (short !== undefined) {
      await abandon();
      const [expected, got] = [
        `${elementsOf(short.shape)} numbers of ${short.name}`,
        `${written.get(short.name) ?? 0}`,
      ];
      throw new NextscaleError({
        code: "invalid-data",
        where: WHERE,
        expected,
        got,
        fix: "write every part, then finish",
      });
    }
    await guarded(async () => {
      await handle.sync();
      await handle.close();
      await rename(temporary, target);
      file = undefined;
    });
  };
  return { write, finish, abandon };
}

type Stretch = readonly [offset: number, length: number];

function plan({ variables, recordBytes }: Netcdf3Layout, name: string, slice: Slice, values: ArrayLike<number>) {
  const variable = variables.get(name);
  if (variable === undefined) throw refuse(`a variable among ${[...variables.keys()].join(", ")}`, name);
  const region = regionOf(variable, slice);
  const elements = elementsOf(region.count);
  if (values.length !== elements) throw refuse(`${elements} values of ${name}`, `${values.length}`);
  const stretches: Stretch[] = [];
  forEachStretch({ recordBytes }, variable, region, (offset, length) => stretches.push([offset, length]));
  return { stretches, elements };
}

async function writeStretches(
  file: FileHandle,
  { variables }: Netcdf3Layout,
  name: string,
  stretches: readonly Stretch[],
  values: ArrayLike<number>,
): Promise<void> {
  const { type } = variables.get(name)!;
  const bytes = writeNumbers(values, type);
  let from = 0;
  for (const [offset, length] of stretches) {
    await writeAll(file, bytes.subarray(from, from + length * type.bytes), offset);
    from += length * type.bytes;
  }
}

/** One call may write less than all: just before the disk is full, for instance. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

function refuse(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
}
