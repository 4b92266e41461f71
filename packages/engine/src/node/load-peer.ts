import { NextscaleError } from "../errors.js";
import { messageOf } from "../engines/failures.js";

/**
 * Imports an optional peer package.
 *
 * @param install the command that installs it
 * @throws NextscaleError `engine-unavailable` when it is absent or does not load
 */
export async function loadPeer<T>(engine: string, load: () => Promise<T>, install: string): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw unavailable(engine, `a package that loads (${install})`, error);
  }
}

/** An engine that cannot be used here, and why. */
export function unavailable(engine: string, expected: string, cause: unknown, fix?: string): NextscaleError {
  return new NextscaleError({
    code: "engine-unavailable",
    where: engine,
    expected,
    got: messageOf(cause),
    cause,
    ...(fix === undefined ? {} : { fix }),
  });
}
