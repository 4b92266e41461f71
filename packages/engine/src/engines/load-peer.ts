import { unavailable } from "./failures.js";

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
    throw unavailable(engine, "its package to load", error, install);
  }
}
