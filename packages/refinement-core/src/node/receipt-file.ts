import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { readRegularFile, writeFileAtomic } from "@nextscale/engine/node";
import {
  createReceipt,
  formatReceipt,
  parseReceipt,
  type Receipt,
  type ReceiptFields,
  type ReceiptOutput,
} from "../checkpoint/receipt.js";

/** Where the receipt of an output lies: beside it, `digits.png.receipt.json`. */
export function receiptPathOf(output: string): string {
  const path = resolve(output);
  return join(dirname(path), `${basename(path)}.receipt.json`);
}

/**
 * Hashes what a run wrote and puts the receipt beside it, atomically.
 *
 * @param output the file or folder that was written; of a folder every file is listed
 * @param others further files or folders of the same run
 * @throws NextscaleError `invalid-file` when an output cannot be read, `invalid-argument` for a field that a receipt may
 *   not hold, `unwritable`
 */
export async function writeReceipt(
  output: string,
  fields: Omit<ReceiptFields, "outputs">,
  others: readonly string[] = [],
): Promise<Receipt> {
  const path = receiptPathOf(output);
  const outputs: ReceiptOutput[] = [];
  for (const written of [output, ...others]) {
    for (const file of await filesOf(resolve(written))) outputs.push(await describeFile(file, dirname(path)));
  }
  const receipt = createReceipt({ ...fields, outputs });
  await writeFileAtomic(path, formatReceipt(receipt));
  return receipt;
}

/**
 * Reads a receipt file.
 *
 * @throws NextscaleError `invalid-file` when it is missing or not a receipt
 */
export async function readReceipt(path: string): Promise<Receipt> {
  return parseReceipt(await readRegularFile(path).catch((error: unknown) => unreadable(path, error)), path);
}

/** The files of a folder and its folders, in the order of their names; a file alone. */
async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    return unreadable(path, error);
  }
}

async function describeFile(file: string, from: string): Promise<ReceiptOutput> {
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    return unreadable(file, error);
  }
  return { file: relative(from, file).split(sep).join("/"), bytes, sha256: hash.digest("hex") };
}

function unreadable(path: string, cause: unknown): never {
  throw new NextscaleError({
    code: "invalid-file",
    where: "node/receipt",
    expected: `to read ${path}`,
    got: (cause as NodeJS.ErrnoException).code ?? String(cause),
    cause,
  });
}
