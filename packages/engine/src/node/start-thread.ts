import { Worker } from "node:worker_threads";

/**
 * Starts a thread on a module that lies beside the caller's, and calls its export `start`, where it has one, once it has
 * loaded. It runs as the caller does: from JavaScript, or, in tests and tools, from its source; then a relative import leads
 * to a source, unless `start` makes it, and the name of a package of ours to what is built.
 *
 * @param from the caller's `import.meta.url`
 * @param entry the module, without extension: `./entry`
 * @param workerData what the thread finds under this name, cloned
 */
export function startThread(from: string, entry: string, workerData: unknown): Worker {
  const isSource = from.endsWith(".ts");
  const url = JSON.stringify(new URL(`${entry}${isSource ? ".ts" : ".js"}`, from).href);
  const script = isSource ? withSourceLoader(url) : `import(${url}).then(({ start }) => start?.());`;
  return new Worker(script, { workerData, execArgv: [], eval: true });
}

/**
 * A thread does not inherit the loader that made it possible to run the caller. The loader spends seconds on a package of
 * megabytes, so it is taken away before `start`.
 */
function withSourceLoader(url: string): string {
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return `import(${tsx}).then(async ({ register }) => {
    const unregister = register();
    const { start } = await import(${url});
    if (start === undefined) return;
    await unregister();
    start();
  });`;
}
