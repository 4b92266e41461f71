import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { syncFolder, unwritable, writeFileAtomic } from "@nextscale/engine/node";
import { typedNumbers, type DatasetDefinition } from "../data/definition.js";
import { zarrMetadata } from "../data/zarr-metadata.js";

/** A store that is being filled over several runs, under a hidden name beside the place it will have. */
export interface IngestFolder {
  /** Whether a chunk is there, which it only is when it is whole. */
  has(key: string): Promise<boolean>;
  /** Puts a chunk in place, whole or not at all. */
  write(key: string, values: Float32Array): Promise<void>;
  /** The numbers of a chunk. */
  read(key: string): Promise<Float32Array>;
  /** Adds the metadata and gives the store its name. */
  finish(definition: DatasetDefinition): Promise<void>;
}

const WHERE = "weather/ingest";

/** The attributes of a store, which say of what it was made: so much is written first. */
const IDENTITY = ".zattrs";

/**
 * Opens the store that an earlier run began, or begins it; `finished` when it is complete already.
 *
 * @throws NextscaleError `invalid-data` when the folder, or what was begun, was made of something else; `unwritable`
 */
export async function openIngestFolder(
  target: string,
  definition: DatasetDefinition,
): Promise<IngestFolder | "finished"> {
  const place = resolve(target);
  const working = join(dirname(place), `.${basename(place)}.ingest`);
  const identity = zarrMetadata(definition)[IDENTITY]!;
  const isThere = (await stat(place).catch(() => undefined)) !== undefined;
  if (isThere) {
    requireSame(place, identity, await identityOf(place));
    return "finished";
  }
  const begun = await identityOf(working);
  if (begun === undefined) await writeFileAtomic(join(working, IDENTITY), identity);
  else requireSame(working, identity, begun);
  return {
    has: async (key) => (await stat(join(working, key)).catch(() => undefined))?.isFile() === true,
    write: (key, values) =>
      writeFileAtomic(join(working, key), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    async read(key) {
      const bytes = await readFile(join(working, key));
      // A copy, because the place of the bytes in Node's memory need not be that of a number.
      return new Float32Array(Uint8Array.from(bytes).buffer);
    },
    async finish(complete) {
      try {
        for (const { name, type, dimensions, values } of complete.variables) {
          await mkdir(join(working, name), { recursive: true });
          if (values === undefined) continue;
          const { buffer } = typedNumbers(type, values);
          await writeFileAtomic(join(working, name, dimensions.map(() => "0").join(".")), new Uint8Array(buffer));
        }
        for (const [path, text] of Object.entries(zarrMetadata(complete))) {
          await writeFileAtomic(join(working, path), text);
        }
        await rename(working, place);
        await syncFolder(dirname(place));
      } catch (error) {
        throw isNextscaleError(error) ? error : unwritable(WHERE, target, error);
      }
    },
  };
}

/** What a store was made of; undefined when that is not there. */
function identityOf(folder: string): Promise<string | undefined> {
  return readFile(join(folder, IDENTITY), "utf8").catch(() => undefined);
}

function requireSame(folder: string, expected: string, found: string | undefined): void {
  if (found === expected) return;
  throw new NextscaleError({
    code: "invalid-data",
    where: WHERE,
    expected: `${folder} to be absent, or begun with the same source, variables, years, step and grid`,
    got: found === undefined ? "something else" : "an ingestion of something else",
    fix: "choose another target, or remove it",
  });
}
