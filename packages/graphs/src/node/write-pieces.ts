import { mkdir, open, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { isNextscaleError } from "@nextscale/engine";
import { discard, realPathOf, removeLeftovers, syncFolder, temporaryName, unwritable } from "@nextscale/engine/node";

/** Characters that are written at once. */
const BATCH = 2 ** 18;

/**
 * Writes a text in pieces so that the name holds all of the old content or all of the new, and memory does not grow with it. Packed
 * with gzip where the name ends in `.gz`. A device or pipe, such as `/dev/stdout`, is written to as it is.
 *
 * @throws NextscaleError `unwritable`, or what a piece throws; then nothing is left
 */
export async function writePieces(where: string, path: string, pieces: Iterable<string>): Promise<void> {
  let temporary: string | undefined;
  try {
    const kind = await stat(path).catch(() => undefined);
    if (kind !== undefined && !kind.isFile() && !kind.isDirectory()) return await fill(path, "w", path, pieces);
    const target = await realPathOf(path);
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    temporary = temporaryName(target);
    await fill(temporary, "wx", path, pieces);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    if (temporary !== undefined) await discard(temporary);
    throw isNextscaleError(error) ? error : unwritable(where, path, error);
  }
}

/** Whether a file of that name is packed with gzip. */
export function isPackedName(name: string): boolean {
  return /\.gz$/i.test(name);
}

async function fill(to: string, flags: "w" | "wx", name: string, pieces: Iterable<string>): Promise<void> {
  const file = await open(to, flags);
  try {
    if (isPackedName(name)) {
      await pipeline(Readable.from(batches(pieces)), createGzip(), (packed: AsyncIterable<Uint8Array>) =>
        writeFile(file, packed),
      );
    } else await writeFile(file, batches(pieces));
    if (flags === "wx") await file.sync();
  } finally {
    await file.close();
  }
}

function* batches(pieces: Iterable<string>): Generator<string> {
  let batch = "";
  for (const piece of pieces) {
    batch += piece;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = "";
  }
  if (batch !== "") yield batch;
}
