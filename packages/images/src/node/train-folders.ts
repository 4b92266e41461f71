import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { replaceFolder } from "@nextscale/engine/node";
import { CHECKPOINT_FILES } from "@nextscale/refinement-core";

/** Name of the folder, among those of the stages, that is written to see whether that can be done. */
const PROBE = "probe";

/**
 * Makes sure that a model can be put where it is to go, before an hour goes into it, and makes the folder of the stages'
 * checkpoints, a sibling of `out`. Unless the run goes on from them, checkpoints of an earlier run are removed: a later
 * resume would find stages of two runs.
 *
 * @param stages names of the stages
 * @returns the folder of the checkpoints, `<out>.training`
 * @throws NextscaleError `unwritable` when `out` is a file, holds anything but a model, or nothing can be written beside it
 */
export async function prepareFolders(out: string, stages: readonly string[], resume: boolean): Promise<string> {
  const target = resolve(out);
  const known = new Set<string>(CHECKPOINT_FILES);
  const allowed = "a new folder, or one with nothing but a model in it";
  if (target === process.cwd()) throw refused(allowed, `the current folder, ${target}`);
  const stranger = (await namesIn(target)).find((name) => !known.has(name));
  if (stranger !== undefined) throw refused(allowed, `${target} with ${stranger} in it`);
  const folder = `${target}.training`;
  await replaceFolder(join(folder, PROBE), {});
  await rm(join(folder, PROBE), { recursive: true, force: true });
  if (!resume) {
    for (const stage of stages) await rm(join(folder, stage), { recursive: true, force: true });
  }
  return folder;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw refused("a folder, or a place for one", `${code} at ${folder}`);
  }
}

function refused(expected: string, got: string): NextscaleError {
  const fix = "choose another folder";
  return new NextscaleError({ code: "unwritable", where: "images/trainImageModel", expected, got, fix });
}
