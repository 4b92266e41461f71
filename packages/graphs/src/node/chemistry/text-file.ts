import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { NextscaleError } from "@nextscale/engine";
import { isPackedName } from "../write-pieces.js";
import { readRegularFile, writeFileAtomic } from "@nextscale/engine/node";

const unpack = promisify(gunzip);
const pack = promisify(gzip);

/** What zlib and the text decoder say, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  ERR_BUFFER_TOO_LARGE: "more than that, unpacked",
  Z_BUF_ERROR: "gzip that is cut off",
  Z_DATA_ERROR: "damaged gzip",
  ERR_ENCODING_INVALID_ENCODED_DATA: "bytes that are no text",
};

/**
 * Reads a text, packed with gzip or not.
 *
 * @param most bytes, packed and unpacked: a small file may unpack to any size
 * @throws NextscaleError `invalid-file`
 */
export async function readTextFile(where: string, path: string, most: number): Promise<string> {
  try {
    const bytes = await readRegularFile(path, most);
    const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const text = isPacked ? await unpack(bytes, { maxOutputLength: most }) : bytes;
    return new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new NextscaleError({
      code: "invalid-file",
      where,
      expected: `a readable text ${path} of at most ${most} bytes`,
      got: REASONS[code] ?? (code === "" ? message : code),
      fix: "check the path, or fetch the file again",
      cause: error,
    });
  }
}

/** Writes a text at once or not at all, packed with gzip where the name ends with `.gz`. @throws NextscaleError `unwritable` */
export async function writeTextFile(path: string, text: string): Promise<void> {
  await writeFileAtomic(path, isPackedName(path) ? await pack(text) : text);
}
