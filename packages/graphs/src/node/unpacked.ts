import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import { isNextscaleError } from "@nextscale/engine";
import { FORMAT_LIMITS, fileError } from "../formats/file-error.js";

/** Bytes of a file of lines, unpacked: ten of the largest texts. */
export const MOST_BYTES = 10 * FORMAT_LIMITS.text;

/** What the system and zlib say, in words. */
const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  EACCES: "one that may not be read",
  Z_BUF_ERROR: "gzip that is cut off",
  Z_DATA_ERROR: "damaged gzip",
};

/**
 * The bytes of a regular file as they come, unpacked where they are gzip.
 *
 * @param most bytes, unpacked
 * @throws NextscaleError `invalid-file` for a file that is not there, is none, is damaged, or has more bytes
 */
export async function* unpackedChunks(where: string, path: string, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of chunks(path)) {
      bytes += chunk.length;
      if (bytes > most)
        throw fileError(where, { expected: `${path} to be at most ${most} bytes, unpacked`, got: "more" });
      yield chunk;
    }
  } catch (error) {
    if (isNextscaleError(error)) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    const got = PROBLEMS[code ?? ""] ?? code ?? message;
    throw fileError(where, {
      expected: `a readable file ${path}`,
      got,
      fix: "check the path, or fetch the file again",
    });
  }
}

async function* chunks(path: string): AsyncGenerator<Uint8Array> {
  // Without O_NONBLOCK opening a pipe waits for somebody to write to it. Windows has no such flag, nor such pipes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw Object.assign(new Error("EISDIR"), { code: "EISDIR" });
    if (!found.isFile()) throw new Error("a pipe or device");
    const start = new Uint8Array(2);
    const { bytesRead } = await file.read(start, 0, 2, 0);
    const packed = bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
    const source = file.createReadStream({ start: 0, autoClose: false });
    if (!packed) {
      yield* source as AsyncIterable<Uint8Array>;
      return;
    }
    const unpack = createGunzip();
    source.on("error", (error) => unpack.destroy(error));
    try {
      yield* source.pipe(unpack) as AsyncIterable<Uint8Array>;
    } finally {
      source.destroy();
      unpack.destroy();
    }
  } finally {
    await file.close();
  }
}

/**
 * The lines of a file, without their ends, as bytes.
 *
 * @throws NextscaleError `invalid-file`, as {@link unpackedChunks}, and for a line that is too long
 */
export async function* linesOf(where: string, path: string): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let [length, line] = [0, 1];
  const take = (rest: Uint8Array): Uint8Array => {
    const whole = Buffer.concat([...begun, rest]);
    [begun, length, line] = [[], 0, line + 1];
    return whole.at(-1) === 13 ? whole.subarray(0, -1) : whole;
  };
  for await (const chunk of unpackedChunks(where, path, MOST_BYTES)) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      yield take(chunk.subarray(from, end));
      from = end + 1;
    }
    const rest = chunk.subarray(from);
    length += rest.length;
    if (length > FORMAT_LIMITS.line) {
      throw fileError(where, { expected: `lines of at most ${FORMAT_LIMITS.line} bytes`, got: "a longer one", line });
    }
    begun.push(rest);
  }
  if (length > 0) yield take(new Uint8Array(0));
}

/**
 * A file as text.
 *
 * @param most bytes, unpacked: a small file may unpack to any size
 * @throws NextscaleError `invalid-file`, as {@link unpackedChunks}, and for bytes that are not UTF-8
 */
export async function textOf(where: string, path: string, most: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces: string[] = [];
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw fileError(where, { expected: `${path} to be UTF-8`, got: "other bytes" });
    }
  };
  for await (const chunk of unpackedChunks(where, path, most)) pieces.push(decode(chunk));
  return [...pieces, decode()].join("");
}
