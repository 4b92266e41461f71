import { createHash } from "node:crypto";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { writeFileAtomic } from "@nextscale/engine/node";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";

const unpack = promisify(gunzip);

/** What to fetch, and how to know that it is right. */
export interface Download {
  readonly url: string;
  /** SHA-256, in hexadecimal, of the content: unpacked, when the server sends gzip. */
  readonly sha256: string;
  /** Size of the content in bytes; the download stops when there is more. */
  readonly bytes: number;
  /** Where to put the content. */
  readonly path: string;
  readonly signal?: AbortSignal;
  /** Milliseconds that all of it may take. Ten minutes unless told. */
  readonly timeoutMs?: number;
}

/** Enough for the 26 MB of Fashion-MNIST's largest file over a slow line. */
const TIMEOUT_MS = 600_000;

/**
 * Downloads a file, unpacks it when it is gzip, and puts it in place only when its hash is right.
 *
 * @throws NextscaleError `missing-data` when the server cannot be reached, refuses or takes too long, `invalid-data` when the content is
 *   not the expected one, `unwritable`
 */
export async function downloadFile({ url, sha256, bytes, path, ...limits }: Download): Promise<void> {
  const timeout = AbortSignal.timeout(limits.timeoutMs ?? TIMEOUT_MS);
  const signal = limits.signal === undefined ? timeout : AbortSignal.any([limits.signal, timeout]);
  const received = await fetchAtMost(url, 2 * bytes + 1024, signal);
  const content = await unpackAtMost(received, bytes).catch(() => received);
  const hash = createHash("sha256").update(content).digest("hex");
  if (hash !== sha256) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "images/downloadFile",
      expected: `content with the SHA-256 ${sha256} at ${url}`,
      got: `${content.length} bytes with ${hash}`,
      fix: "name another source; nothing was kept",
    });
  }
  await writeFileAtomic(path, content);
}

async function unpackAtMost(received: Uint8Array, bytes: number): Promise<Uint8Array> {
  const isGzip = received[0] === 0x1f && received[1] === 0x8b;
  return isGzip ? unpack(received, { maxOutputLength: bytes }) : received;
}

async function fetchAtMost(url: string, most: number, signal: AbortSignal): Promise<Uint8Array> {
  const unavailable = (got: string, cause?: unknown) =>
    new NextscaleError({
      code: "missing-data",
      where: "images/downloadFile",
      expected: `a file of at most ${most} bytes at ${url}`,
      got,
      fix: "check the address and the connection",
      cause,
    });
  try {
    const response = await fetch(url, { signal });
    if (!response.ok || response.body === null) throw unavailable(`HTTP status ${response.status}`);
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > most) throw unavailable("more");
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (isNextscaleError(error)) throw error;
    const { message, cause } = error as Error;
    throw unavailable(cause instanceof Error ? cause.message : message, error);
  }
}
