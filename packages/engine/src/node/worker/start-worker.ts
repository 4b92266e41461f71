import type { Worker } from "node:worker_threads";
import { startThread } from "../start-thread.js";
import type { WorkerSetup } from "./protocol.js";

/** Starts the worker thread. */
export function startWorker(setup: WorkerSetup): Worker {
  return startThread(import.meta.url, "./entry", setup);
}
