import { existsSync } from "node:fs";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { readFolder, replaceFolder } from "@nextscale/engine/node";
import {
  CHECKPOINT_FILES,
  decodeCheckpoint,
  encodeCheckpoint,
  type Checkpoint,
  type CheckpointContent,
  type CheckpointKind,
} from "../checkpoint/checkpoint.js";

/**
 * Writes a checkpoint folder, new or in place of an older one. At every instant the folder reads as the old or as the new
 * checkpoint, whole; a failed or killed write leaves the old one.
 *
 * @throws NextscaleError `invalid-data` when the content could not be loaded again (nothing is written), `unwritable`
 */
export async function writeCheckpoint<Config>(
  folder: string,
  kind: CheckpointKind<Config>,
  content: CheckpointContent<Config>,
): Promise<void> {
  await replaceFolder(folder, await encodeCheckpoint(kind, content));
}

/**
 * Reads a checkpoint folder and checks everything in it.
 *
 * @throws NextscaleError `invalid-file` when a file is missing or breaks its format, `invalid-data` when its content cannot
 *   be right: another kind, a wrong hash, a missing, unknown, misshapen or non-finite tensor
 */
export async function readCheckpoint<Config>(
  folder: string,
  kind: CheckpointKind<Config>,
): Promise<Checkpoint<Config>> {
  return decodeCheckpoint(kind, await readFolder(folder, CHECKPOINT_FILES), folder);
}

/**
 * Puts figures measured on a checkpoint into its description, in place of those it had.
 *
 * @param hash of the checkpoint that was measured
 * @throws NextscaleError as `readCheckpoint` and `writeCheckpoint`; `invalid-data` when the folder now holds another checkpoint
 */
export async function recordMetrics<Config>(
  folder: string,
  kind: CheckpointKind<Config>,
  { hash, metrics }: Pick<Checkpoint<Config>, "hash"> & Pick<CheckpointContent<Config>, "metrics">,
): Promise<void> {
  const found = await readCheckpoint(folder, kind);
  if (found.hash !== hash) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "refinement-core/recordMetrics",
      expected: `the checkpoint ${hash.slice(0, 12)} in ${folder}`,
      got: found.hash.slice(0, 12),
      fix: "measure the checkpoint that is there now",
    });
  }
  const { seed, data, training } = found.description;
  const content = { config: found.config, tensors: found.tensors, seed, data, metrics };
  await writeCheckpoint(folder, kind, training === undefined ? content : { ...content, training });
}

/**
 * Reads a checkpoint folder if there is one: `undefined` when the folder is missing or holds neither file.
 *
 * @throws NextscaleError as `readCheckpoint`, for a folder that is there
 */
export async function findCheckpoint<Config>(
  folder: string,
  kind: CheckpointKind<Config>,
): Promise<Checkpoint<Config> | undefined> {
  let files: Partial<Record<(typeof CHECKPOINT_FILES)[number], Uint8Array>>;
  try {
    files = await readFolder(folder, [], CHECKPOINT_FILES);
  } catch (error) {
    if (isNextscaleError(error, "invalid-file") && !existsSync(folder)) return undefined;
    throw error;
  }
  return Object.keys(files).length === 0 ? undefined : readCheckpoint(folder, kind);
}
