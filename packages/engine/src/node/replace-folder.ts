import { lstat, mkdir, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isNextscaleError, NextscaleError } from "../errors.js";
import { discard, realPathOf, removeLeftovers, syncFolder, temporaryName, writeSynced } from "./atomic-write.js";
import { readRegularFile } from "./read-regular-file.js";
import { unwritable } from "./unwritable.js";

/** Files of a folder by plain name: no separators, no sub-folders. */
export type FolderFiles = Readonly<Record<string, Uint8Array | string>>;

/**
 * Makes `path` a folder that holds exactly these files, all of them old or all of them new at every instant.
 *
 * No system offers Node an atomic exchange of two folders, so there are two places and one invariant:
 *
 *     1. the new files are written and forced to the disk in a hidden staging folder beside `path`
 *     2. rename path          -> .path.previous      (after a stale .path.previous is removed)
 *     3. rename staging       -> path
 *     4. remove .path.previous
 *
 * `path` is missing only between 2 and 3, and then `.path.previous` is complete. {@link readFolder} reads `path`, or
 * `.path.previous` when `path` is missing, so at no instant does it find neither; a process killed between 2 and 3 leaves
 * a state that reads as the old folder, and the next `replaceFolder` tidies it up. One process at a time may write a
 * folder; any number may read it.
 *
 * What is in the folder now is deleted, so everything in it must be known: a name that is neither among the new files nor
 * in `alsoReplaces` makes the call fail before anything is touched.
 *
 * @param alsoReplaces names that an earlier version of this folder may hold and the new one does not
 * @throws NextscaleError `unwritable`, `invalid-argument` for a name that is not a plain file name
 */
export async function replaceFolder(
  path: string,
  files: FolderFiles,
  alsoReplaces: readonly string[] = [],
): Promise<void> {
  Object.keys(files).forEach(checkName);
  let staging: string | undefined;
  try {
    const target = await realPathOf(path);
    const previous = previousOf(target);
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    if (!(await exists(target)) && (await exists(previous))) await rename(previous, target);
    await checkContent(target, new Set([...Object.keys(files), ...alsoReplaces]));
    staging = temporaryName(target);
    await mkdir(staging);
    for (const [name, content] of Object.entries(files)) await writeSynced(join(staging, name), content);
    await syncFolder(staging);
    await swap(staging, target, previous);
  } catch (error) {
    if (staging !== undefined) await discard(staging);
    if (isNextscaleError(error)) throw error;
    throw unwritable(WHERE_REPLACE, path, error);
  }
}

/**
 * Reads files of a folder that {@link replaceFolder} may be replacing at the same time: all of one version.
 *
 * The folder is looked at before and after; when it is another one by then, everything is read again.
 *
 * @param optional names that may be absent; they are then absent from the result
 * @throws NextscaleError `invalid-file` when the folder or one of the required files is missing or unreadable
 */
export async function readFolder<Required extends string, Optional extends string = never>(
  path: string,
  required: readonly Required[],
  optional: readonly Optional[] = [],
): Promise<Record<Required, Uint8Array> & Partial<Record<Optional, Uint8Array>>> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const result = await readVersion(path, required, optional).catch((error: NodeJS.ErrnoException): Attempt => {
      return { status: "missing", what: error.code ?? error.message };
    });
    if (result.status === "complete") return result.files as never;
    if (result.status === "missing") throw missing(path, required, result.what);
  }
  throw missing(path, required, "a folder that changed each time it was read");
}

const WHERE_REPLACE = "engine/replaceFolder";

/** A replacement takes milliseconds and a checkpoint is written every few seconds, so a second attempt is rare. */
const MOST_ATTEMPTS = 100;

type Attempt =
  | { readonly status: "complete"; readonly files: Record<string, Uint8Array> }
  | { readonly status: "missing"; readonly what: string }
  | { readonly status: "changed" };

async function readVersion(path: string, required: readonly string[], optional: readonly string[]): Promise<Attempt> {
  const target = await realPathOf(path);
  const before = await versionOf(target);
  if (before === undefined) {
    // Replaced while we looked from one name to the other? Then `path` is there again.
    return (await versionOf(target)) === undefined
      ? { status: "missing", what: "no such folder" }
      : { status: "changed" };
  }
  const files: Record<string, Uint8Array> = {};
  let absent: string | undefined;
  for (const name of [...required, ...optional]) {
    try {
      files[name] = await readRegularFile(join(before.folder, name));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      if (code !== "ENOENT" || required.includes(name)) absent ??= `${name}: ${code === "ENOENT" ? "missing" : code}`;
    }
  }
  const after = await versionOf(target);
  if (after?.folder !== before.folder || after.identity !== before.identity) return { status: "changed" };
  return absent === undefined ? { status: "complete", files } : { status: "missing", what: absent };
}

/** The folder that holds the current version, with what tells it from every other version. */
async function versionOf(target: string): Promise<{ folder: string; identity: string } | undefined> {
  for (const folder of [target, previousOf(target), target]) {
    try {
      // The inode alone could be used again by the next folder; its last change of content could not.
      const { dev, ino, mtimeNs } = await stat(folder, { bigint: true });
      return { folder, identity: `${dev}:${ino}:${mtimeNs}` };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return undefined;
}

function missing(path: string, required: readonly string[], got: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-file",
    where: "engine/readFolder",
    expected: `a folder ${path} with ${required.join(", ")}`,
    got,
    fix: "check the path",
  });
}

function previousOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.previous`);
}

async function swap(staging: string, target: string, previous: string): Promise<void> {
  const replaces = await exists(target);
  if (replaces) {
    await rm(previous, { recursive: true, force: true });
    await rename(target, previous);
  }
  try {
    await rename(staging, target);
  } catch (error) {
    if (replaces) await rename(previous, target);
    throw error;
  }
  await syncFolder(dirname(target));
  await rm(previous, { recursive: true, force: true });
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function checkName(name: string): void {
  if (name !== basename(name) || name === "" || name === "." || name === "..") {
    const expected = "plain file names";
    throw new NextscaleError({ code: "invalid-argument", where: WHERE_REPLACE, expected, got: JSON.stringify(name) });
  }
}

async function checkContent(target: string, known: ReadonlySet<string>): Promise<void> {
  if (!(await exists(target))) return;
  if (target === (await realpath("."))) {
    throw new NextscaleError({
      code: "unwritable",
      where: WHERE_REPLACE,
      expected: "a folder other than the current one, which would be moved away under your feet",
      got: target,
      fix: "name a sub-folder",
    });
  }
  const stranger = (await readdir(target)).find((name) => !known.has(name));
  if (stranger !== undefined) {
    throw new NextscaleError({
      code: "unwritable",
      where: WHERE_REPLACE,
      expected: `a new or empty folder, or one that holds only ${[...known].join(", ")}`,
      got: `${target} with ${stranger}`,
      fix: "choose another folder, so that nothing of yours is deleted",
    });
  }
}
