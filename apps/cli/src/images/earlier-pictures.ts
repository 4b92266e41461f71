import { readdir, realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { readRegularFile } from "@nextscale/engine/node";
import { sha256, type Receipt } from "@nextscale/refinement-core";
import { readReceipt, receiptPathOf } from "@nextscale/refinement-core/node";

/** What `singlePictures` names its files: other commands record outputs too, a trained model for one. */
const PICTURE = /^\d{6,}(-.*)?\.png$/u;

/**
 * Names of the pictures that a folder holds from an earlier run, which a new run replaces. The receipt beside the folder
 * says what that run wrote: every file must be one of those, byte for byte. Whatever else is there is the user's own.
 *
 * @param picture what the run names its files
 * @throws NextscaleError `unwritable` when the folder holds anything else, or is the current one
 */
export async function earlierPictures(folder: string, picture = PICTURE): Promise<readonly string[]> {
  if ((await realpath(folder).catch(() => undefined)) === process.cwd()) throw occupied(folder, "the current folder");
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw occupied(folder, error.code ?? error.message);
  });
  if (names.length === 0) return [];
  const recorded = await recordedIn(receiptPathOf(folder), folder);
  for (const name of names) {
    const expected = picture.test(name) ? recorded.get(`${basename(resolve(folder))}/${name}`) : undefined;
    if (expected === undefined) throw occupied(folder, `${name} in it, which no earlier run wrote`);
    const bytes = await readRegularFile(join(folder, name)).catch(() => undefined);
    if (bytes === undefined || (await sha256(bytes)) !== expected) {
      throw occupied(folder, `${name} in it, changed since an earlier run wrote it`);
    }
  }
  return names;
}

/** SHA-256 of each file that a run wrote, by its path in the receipt. */
async function recordedIn(path: string, folder: string): Promise<ReadonlyMap<string, string>> {
  let receipt: Receipt;
  try {
    receipt = await readReceipt(path);
  } catch (error) {
    if (!isNextscaleError(error, "invalid-file")) throw error;
    throw occupied(folder, `files in it without a readable receipt ${path} of the run that wrote them`);
  }
  return new Map(receipt.outputs.map(({ file, sha256: hash }) => [file, hash]));
}

function occupied(folder: string, got: string): NextscaleError {
  return new NextscaleError({
    code: "unwritable",
    where: "output",
    expected: `${folder} to be a new or empty folder, or one with nothing but the pictures of an earlier run`,
    got,
    fix: "choose another folder",
  });
}
