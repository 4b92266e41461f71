import { Worker } from "node:worker_threads";
import type { WorkerSetup } from "./protocol.js";

/** Starts the worker thread. */
export function startWorker(setup: WorkerSetup): Worker {
  const options = { workerData: setup, execArgv: [] };
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./entry.js", import.meta.url), options);
  return new Worker(sourceLoader(new URL("./entry.ts", import.meta.url)), { ...options, eval: true });
}

/**
 * Script that runs a TypeScript file: this module itself runs from its source (tests, tools), and a thread does not
 * inherit the loader that made that possible.
 */
function sourceLoader(entry: URL): string {
  const tsx = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  return `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); });`;
}
