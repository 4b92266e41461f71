import { constants } from "node:fs";
import { open } from "node:fs/promises";

/** What Node reads into one array. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The bytes of a regular file; links are followed. A pipe or device is refused: it may never end, or never begin.
 *
 * @param mostBytes larger files are refused
 * @throws the system's error, or an `Error` whose `code` says in words what is there instead: callers know what they expected
 */
export async function readRegularFile(path: string, mostBytes = MOST_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  // Without O_NONBLOCK opening a pipe waits for somebody to write to it. Windows has no such flag, nor such pipes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (found.isDirectory()) throw failure("EISDIR");
    if (!found.isFile()) throw failure("a pipe or device");
    if (found.size > mostBytes) throw failure(`${found.size} bytes`);
    const bytes = await file.readFile();
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } finally {
    await file.close();
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
