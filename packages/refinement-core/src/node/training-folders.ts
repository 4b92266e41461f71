import { readdir, rm, rmdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { replaceFolder } from "@nextscale/engine/node";
import { CHECKPOINT_FILES } from "../checkpoint/checkpoint.js";

/**
 * How a training begins: `new` where there is nothing yet; `resume`, from what an earlier one has saved; or `over`, in
 * place of an earlier one, whose checkpoints are deleted.
 */
export type TrainingStart = "new" | "resume" | "over";

/** Name of the folder, among those of the stages, that is written to see whether that can be done. */
const PROBE = "probe";

/**
 * Makes sure that a model can be put where it is to go, before an hour goes into it, and that nothing is replaced that
 * was not meant. The folder of the stages' checkpoints, a sibling of `out`, is made with the first of them: data that cannot
 * be learned from leaves nothing.
 *
 * @param stages names of the stages
 * @param where shown in errors
 * @returns the folder of the checkpoints, `<out>.training`
 * @throws NextscaleError `unwritable` when `out` is a file, holds anything but a model, or nothing can be written beside
 *   it, and for `new` when there is a model or an earlier training; `invalid-argument` for `resume` without one
 */
export async function prepareTraining(
  out: string,
  stages: readonly string[],
  start: TrainingStart,
  where: string,
): Promise<string> {
  const refused = (code: "unwritable" | "invalid-argument", expected: string, got: string, fix: string) =>
    new NextscaleError({ code, where, expected, got, fix });
  const namesIn = async (folder: string): Promise<readonly string[]> => {
    try {
      return await readdir(folder);
    } catch (error) {
      const { code = String(error) } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return [];
      throw refused("unwritable", "a folder, or a place for one", `${code} at ${folder}`, "choose another folder");
    }
  };

  const target = resolve(out);
  const known = new Set<string>(CHECKPOINT_FILES);
  const allowed = "a new folder, or one with nothing but a model in it";
  if (target === process.cwd()) {
    throw refused("unwritable", allowed, `the current folder, ${target}`, "choose another folder");
  }
  const names = await namesIn(target);
  const stranger = names.find((name) => !known.has(name));
  if (stranger !== undefined) {
    throw refused("unwritable", allowed, `${target} with ${stranger} in it`, "choose another folder");
  }
  const folder = `${target}.training`;
  // A process that was killed while it replaced a checkpoint has left it under a name made of the stage's.
  const saved = (await namesIn(folder)).filter((name) => stages.some((stage) => name.includes(stage)));
  if (start === "new" && (saved.length > 0 || names.length > 0)) {
    throw refused(
      "unwritable",
      "a new folder",
      `${target}, which holds an earlier training`,
      'add --resume (start: "resume") to go on with it, or choose another folder',
    );
  }
  if (start === "resume" && saved.length === 0) {
    throw refused(
      "invalid-argument",
      `an earlier training to go on with, in ${folder}`,
      names.length > 0 ? "a finished model without one" : "none",
      'check the folder, or leave out --resume (start: "new") to begin one',
    );
  }
  await replaceFolder(join(folder, PROBE), {});
  await rm(join(folder, PROBE), { recursive: true, force: true });
  if (start === "over") {
    for (const name of saved) await rm(join(folder, name), { recursive: true, force: true });
  }
  // Only where it is empty.
  await rmdir(folder).catch(() => undefined);
  return folder;
}
