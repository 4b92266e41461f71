import { copyFile, link, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { realPathOf, unwritable as unwritableBy, writeFileAtomic } from "@nextscale/engine/node";

/** A file whose content is on the disk, under a hidden name beside the one it is for. */
export interface StagedFile {
  /** Gives it its name, in place of what has that name. */
  place(): Promise<void>;
  /** What was there before `place`, or nothing, is there again; the new content is gone. */
  revert(): Promise<void>;
  /** Removes what `revert` would need. */
  keep(): Promise<void>;
}

/**
 * Writes a file without touching what is there under its name. Several files staged before the first is placed, and
 * reverted when one fails, are all new or all old afterwards. A symbolic link is followed. A process killed in the
 * milliseconds between may leave hidden files that end in `.new` or `.old`.
 *
 * @throws NextscaleError `unwritable`
 */
export async function stageFile(path: string, content: Uint8Array | string): Promise<StagedFile> {
  const target = await realPathOf(path).catch((error: unknown) => {
    throw failed(path, error);
  });
  if ((await stat(target).catch(() => undefined))?.isDirectory()) {
    throw unwritable(path, "a folder of that name", "name a file");
  }
  const hidden = join(dirname(target), `.${basename(target)}.${process.pid}`);
  const [staged, previous] = [`${hidden}.new`, `${hidden}.old`];
  const clear = async () => {
    await Promise.all([staged, previous].map((name) => rm(name, { force: true }).catch(() => undefined)));
  };
  await clear();
  let replaces = false;
  let placed = false;
  try {
    await writeFileAtomic(staged, content);
    replaces = await linked(target, previous);
  } catch (error) {
    await clear();
    throw failed(path, error);
  }
  return {
    async place() {
      await rename(staged, target).catch((error: unknown) => {
        throw failed(path, error);
      });
      placed = true;
    },
    async revert() {
      if (placed && replaces) await rename(previous, target);
      if (placed && !replaces) await rm(target, { force: true });
      await clear();
    },
    keep: clear,
  };
}

/** Gives a file a second name, or copies it where the disk has no such thing; false when there is no file. */
async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to).catch(() => copyFile(from, to));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** With the name the user gave, whatever hidden one the failure was met under. */
function failed(path: string, error: unknown): NextscaleError {
  return unwritableBy(WHERE, path, isNextscaleError(error) ? error.cause : error);
}

const WHERE = "output";

/** The error for a path that cannot be written. */
export function unwritable(path: string, got: string, fix: string, cause?: unknown): NextscaleError {
  return new NextscaleError({ code: "unwritable", where: WHERE, expected: `to write ${path}`, got, fix, cause });
}
