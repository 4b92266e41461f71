import { NextscaleError } from "@nextscale/engine";
import type { ZarrFiles } from "./zarr-read.js";

/** How hard {@link httpFiles} tries. */
export interface HttpOptions {
  /** Times that a file is asked for before giving up. 5 unless told. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; before each further one twice as many. 500 unless told. */
  readonly backOffMs?: number;
  /** Milliseconds that one attempt may take. A minute unless told. */
  readonly timeoutMs?: number;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal;
}

/**
 * The files below an address. A file that is not there (404) is undefined; when a server is busy, fails (408, 429, 5xx),
 * takes too long or cannot be reached, it is asked again after a while.
 *
 * @param address of http or https, or `gs://bucket/path`, which is public at Google
 * @throws NextscaleError `invalid-argument` for no such address; from `get` `missing-data` when the server refuses or the
 *   last attempt failed, `interrupted` when the signal aborts
 */
export function httpFiles(address: string, options: HttpOptions = {}): ZarrFiles {
  const { attempts = 5, backOffMs = 500, timeoutMs = 60_000, signal } = options;
  const base = baseOf(address);
  const attempt = async (url: URL): Promise<Uint8Array | undefined> => {
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
    if (response.ok) return contentOf(response);
    // What is left unread would hold the connection.
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    const { status } = response;
    const isPassing = status >= 500 || status === 429 || status === 408;
    throw new (isPassing ? Error : RefusedError)(`HTTP status ${status}`);
  };
  return {
    async get(path) {
      const url = new URL(base);
      url.pathname = `${url.pathname.replace(/\/$/, "")}${path}`;
      for (let done = 1; ; done++) {
        try {
          return await attempt(url);
        } catch (error) {
          if (signal?.aborted) throw interrupted(url, error);
          if (error instanceof RefusedError || done >= attempts) throw unavailable(url, done, error);
          await pause(backOffMs * 2 ** (done - 1), signal);
        }
      }
    },
  };
}

/** Whether a name is an address that {@link httpFiles} reads, and not a path. */
export function isAddress(name: string): boolean {
  return /^(https?|gs):\/\//.test(name);
}

function baseOf(address: string): URL {
  const url = address.replace(/^gs:\/\//, "https://storage.googleapis.com/");
  if (isAddress(address) && URL.canParse(url)) return new URL(url);
  throw new NextscaleError({
    code: "invalid-argument",
    where: "weather/httpFiles",
    expected: "an address of http, https or gs",
    got: JSON.stringify(address),
  });
}

/** An answer that another attempt would not change. */
class RefusedError extends Error {}

/** Larger than any chunk that can be read. */
const MOST_BYTES = 2 ** 31;

async function contentOf({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body?.getReader();
  for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) {
    const bytes = part.value as Uint8Array;
    parts.push(bytes);
    length += bytes.length;
    if (length > MOST_BYTES) {
      await reader?.cancel();
      throw new RefusedError(`more than ${MOST_BYTES} bytes`);
    }
  }
  const content = new Uint8Array(length);
  let filled = 0;
  for (const part of parts) {
    content.set(part, filled);
    filled += part.length;
  }
  return content;
}

/** Waits, no longer than until the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
}

function unavailable(url: URL, attempts: number, cause: unknown): NextscaleError {
  const { message, cause: reason } = cause as Error;
  return new NextscaleError({
    code: "missing-data",
    where: "weather/httpFiles",
    expected: `the file ${url.href}`,
    got: `${reason instanceof Error ? reason.message : message} (${attempts} attempts)`,
    fix: "check the address and the connection",
    cause,
  });
}

function interrupted(url: URL, cause: unknown): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: "weather/httpFiles",
    expected: `the file ${url.href}`,
    got: "an interruption",
    fix: "do it again",
    cause,
  });
}
