import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readlink, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { unwritable } from "./unwritable.js";

/**
 * Writes a file so that its name holds, at every instant, either all of the old content or all of the new.
 *
 * The content goes to a hidden temporary file in the same folder, is forced to the disk, and takes the name by a rename,
 * which POSIX and NTFS make atomic. A failure removes the temporary file and leaves the old content; a killed process
 * may leave a temporary file, which the next write to the same name removes. Missing folders are created. A symbolic
 * link is followed, also one that leads nowhere yet: the file it names is replaced, not the link. A device or pipe, such as `/dev/stdout`, is written to
 * as it is.
 *
 * @throws NextscaleError `unwritable`
 */
export async function writeFileAtomic(path: string, content: Uint8Array | string): Promise<void> {
  let temporary: string | undefined;
  try {
    // By the path itself: what the link /dev/stdout names, where it is a pipe, has no path.
    if (await isDevice(path)) return await writeFile(path, content);
    const target = await realPathOf(path);
    await mkdir(dirname(target), { recursive: true });
    await removeLeftovers(target);
    temporary = temporaryName(target);
    await writeSynced(temporary, content);
    await rename(temporary, target);
    await syncFolder(dirname(target));
  } catch (error) {
    if (temporary !== undefined) await discard(temporary);
    throw unwritable("engine/writeFileAtomic", path, error);
  }
}

/** Replacing a device by a file would take it from everybody: `--out /dev/null` as root must not. */
async function isDevice(target: string): Promise<boolean> {
  const kind = await stat(target).catch(() => undefined);
  return kind !== undefined && !kind.isFile() && !kind.isDirectory();
}

/** The absolute path with its links followed, whether or not anything is there yet. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    const link = await readlink(path).catch(() => undefined);
    return link === undefined ? resolve(path) : realPathOf(resolve(await realpath(dirname(path)), link));
  }
}

/** Creates a file that must not exist and returns once its content is on the disk. */
export async function writeSynced(path: string, content: Uint8Array | string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes a temporary file or folder; when that fails too, the first failure is the one to report. */
export async function discard(temporary: string): Promise<void> {
  await rm(temporary, { recursive: true, force: true }).catch(() => undefined);
}

/** Forces a folder's list of names to the disk, so that a rename in it survives a power failure. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    await folder.sync().finally(() => folder.close());
  } catch {
    // Windows and some network file systems cannot sync a folder. Atomicity does not need it, only durability does.
  }
}

/**
 * Tells this thread from every other: of this process, which has the same id, and of processes before it, which may have had
 * it too (in a container every program is process 1 of a machine of the same name).
 */
const token = randomBytes(8).toString("hex");
let temporaries = 0;

/** A hidden name beside `target` that says which process of which machine is writing: `.name.host.pid.token.n.tmp`. */
export function temporaryName(target: string): string {
  return join(dirname(target), `${temporaryPrefix(target)}${process.pid}.${token}.${temporaries++}.tmp`);
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.${hostname()}.`;
}

/** Removes, where it can, what processes of this machine that are no longer alive left beside `target`. */
export async function removeLeftovers(target: string): Promise<void> {
  const prefix = temporaryPrefix(target);
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    const pid =
      name.startsWith(prefix) && /^([1-9][0-9]*)\.[0-9a-f]+\.[0-9]+\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (!pid) continue;
    const path = join(dirname(target), name);
    if (Number(pid) === process.pid ? await isOlderThanProcess(path) : !isAlive(Number(pid))) await discard(path);
  }
}

/** When this process, and not only this thread, began, in milliseconds since 1970. */
const PROCESS_START = Date.now() - 1000 * process.uptime();

/** File systems count time in steps of up to two seconds (FAT). */
const COARSEST_TICK = 2000;

/** Whether a process that had our id before us wrote a file; other threads of ours write newer ones. */
async function isOlderThanProcess(path: string): Promise<boolean> {
  const written = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Infinity,
  );
  return written < PROCESS_START - COARSEST_TICK;
}

/** Whether there is a process of this id on this machine. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to someone else.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
