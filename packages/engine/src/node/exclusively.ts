import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { NextscaleError } from "../errors.js";
import { isAlive } from "./atomic-write.js";
import { unwritable } from "./unwritable.js";

/** How often a lock says that its owner lives. */
const BEAT_MS = 20_000;
/** On another machine one cannot look whether a process lives; a lock that was silent for so long is nobody's. */
const SILENT_MS = 300_000;

/** Locks that this process holds or is taking: one left by an earlier process of our id is not among them. */
const held = new Set<string>();

/**
 * Does work that one process at a time may do for a path, such as an hour of training into a folder. A hidden file beside the
 * path says who does it; what a killed process left is taken over.
 *
 * @param where shown in errors
 * @throws NextscaleError `unwritable` when another process is at it, or no file can be made there; what `work` throws
 */
export async function exclusively<T>(path: string, where: string, work: () => Promise<T>): Promise<T> {
  const target = resolve(path);
  const lock = join(dirname(target), `.${basename(target)}.lock`);
  // Before the first wait, so that a second call of this process cannot take the file for one left behind.
  if (held.has(lock)) throw taken(String(process.pid), target, lock, where);
  held.add(lock);
  await take(lock, target, where).catch((error: unknown) => {
    held.delete(lock);
    throw error;
  });
  const beat = setInterval(() => void utimes(lock, new Date(), new Date()).catch(() => undefined), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    held.delete(lock);
    await rm(lock, { force: true });
  }
}

async function take(lock: string, target: string, where: string): Promise<void> {
  try {
    await mkdir(dirname(lock), { recursive: true });
    if (!(await create(lock))) {
      const owner = await ownerOf(lock);
      if (owner !== undefined) throw taken(owner, target, lock, where);
      await rm(lock, { force: true });
      if (!(await create(lock))) throw taken("that began just now", target, lock, where);
    }
  } catch (error) {
    throw error instanceof NextscaleError ? error : unwritable(where, target, error);
  }
}

/** False when the file is there already. */
async function create(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, "wx");
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() })).finally(() => file.close());
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    await rm(lock, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The process that a lock belongs to, in words; undefined when it is nobody's. */
async function ownerOf(lock: string): Promise<string | undefined> {
  const [text, age] = await Promise.all([
    readFile(lock, "utf8").catch(() => ""),
    stat(lock).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Infinity,
    ),
  ]);
  const match = /^\{"pid":([1-9]\d*),"host":"(.*)"\}$/.exec(text);
  // Cut off: its owner is writing it this moment, or was killed there.
  if (match === null) return age < BEAT_MS ? "that began just now" : undefined;
  const [pid, host] = [Number(match[1]), match[2]!];
  if (host !== hostname()) return age < SILENT_MS ? `${pid} on ${host}` : undefined;
  // Of our number and not ours, or this call would not have come so far.
  return pid !== process.pid && isAlive(pid) ? String(pid) : undefined;
}

function taken(owner: string, target: string, lock: string, where: string): NextscaleError {
  return new NextscaleError({
    code: "unwritable",
    where,
    expected: `no other process at work on ${target}`,
    got: `process ${owner}`,
    fix: `wait for it or choose another folder; if there is no such process, delete ${lock}`,
  });
}
