import { mkdir, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { discard, realPathOf, removeLeftovers, syncFolder, temporaryName, unwritable } from "@nextscale/engine/node";
import type { Slice } from "../data/dataset.js";
import { checkDefinition, type DatasetDefinition } from "../data/definition.js";
import { elementsOf, regionOf, type Region } from "../data/slice.js";

/** A file, or a folder of files, that is being filled. Its parts may come in any order, one call at a time. */
export interface DatasetWriter {
  /**
   * Writes part of a variable, row-major in the order of its dimensions.
   *
   * @throws NextscaleError `invalid-argument` when the values do not fit, `unwritable`; after the latter nothing is left
   */
  write(variable: string, slice: Slice, values: ArrayLike<number>): Promise<void>;
  /**
   * Puts what was written in place, once every number is there.
   *
   * @throws NextscaleError `invalid-data` when some numbers were never written, `unwritable`; then nothing is left
   */
  finish(): Promise<void>;
  /** Removes what was written. Harmless after `finish`. */
  abandon(): Promise<void>;
}

/** What a format does with the parts of a data set, under a temporary name. */
export interface Sink {
  write(variable: string, region: Region, values: ArrayLike<number>): Promise<void>;
  /** Everything on the disk, nothing open. */
  sync(): Promise<void>;
  /** Nothing open, whatever becomes of the content. */
  close(): Promise<void>;
}

/**
 * Begins a data set: what the definition has values for is written now, the rest as it comes, to its own place, so memory
 * does not grow with the data. Until `finish` it has a hidden name beside `path`; what a killed process left there is removed.
 *
 * @param where for messages
 * @param begin opens the format's sink at a temporary path in a folder that is there; when it fails, nothing is open
 * @throws NextscaleError `invalid-argument`, `unwritable`
 */
export async function beginDataset(
  where: string,
  path: string,
  definition: DatasetDefinition,
  begin: (temporary: string) => Promise<Sink>,
): Promise<DatasetWriter> {
  const variables = new Map(checkDefinition(definition).map((variable) => [variable.name, variable]));
  const written = new Map([...variables.keys()].map((name) => [name, 0]));
  const refuse = (expected: string, got: string) =>
    new NextscaleError({ code: "invalid-argument", where, expected, got });
  let sink: Sink | undefined;
  let temporary: string | undefined;
  const abandon = async (): Promise<void> => {
    const [open, leftover] = [sink, temporary];
    [sink, temporary] = [undefined, undefined];
    await open?.close().catch(() => undefined);
    if (leftover !== undefined) await discard(leftover);
  };
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (error) {
      await abandon();
      throw isNextscaleError(error) ? error : unwritable(where, path, error);
    }
  };
  const openSink = (): Sink => sink ?? raise(refuse("a writer that is open", "one finished, abandoned or failed"));
  const write = async (name: string, slice: Slice, values: ArrayLike<number>): Promise<void> => {
    const to = openSink();
    const variable = variables.get(name);
    if (variable === undefined) throw refuse(`a variable among ${[...variables.keys()].join(", ")}`, name);
    const region = regionOf(variable, slice);
    const elements = elementsOf(region.count);
    if (values.length !== elements) throw refuse(`${elements} values of ${name}`, `${values.length}`);
    await guarded(() => to.write(name, region, values));
    written.set(name, written.get(name)! + elements);
  };
  const target = await guarded(async () => {
    const real = await realPathOf(path);
    await mkdir(dirname(real), { recursive: true });
    await removeLeftovers(real);
    temporary = temporaryName(real);
    sink = await begin(temporary);
    return real;
  });
  for (const { name, values } of definition.variables) if (values !== undefined) await write(name, {}, values);
  const finish = async (): Promise<void> => {
    const from = openSink();
    const short = [...variables.values()].find(({ name, shape }) => written.get(name)! < elementsOf(shape));
    if (short !== undefined) {
      await abandon();
      throw new NextscaleError({
        code: "invalid-data",
        where,
        expected: `${elementsOf(short.shape)} numbers of ${short.name}`,
        got: `${written.get(short.name)!}`,
        fix: "write every part, then finish",
      });
    }
    await guarded(async () => {
      await from.sync();
      await from.close();
      await rename(temporary!, target);
      [sink, temporary] = [undefined, undefined];
      await syncFolder(dirname(target));
    });
  };
  return { write, finish, abandon };
}

function raise(error: Error): never {
  throw error;
}
