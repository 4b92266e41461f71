import { NextscaleError } from "@nextscale/engine";
import { startThread } from "@nextscale/engine/node";
import type { NumberArray } from "../../data/dataset.js";
import type { Hdf5Answer, Hdf5Request, Hdf5Results } from "./protocol.js";

/** Longest that a request may take: ten times what the largest takes on a slow disk. A damaged file can send HDF5 round in circles. */
const LIMIT_MS = 30_000;

/** HDF5 in a thread of its own, which a damaged file can stop, fill or occupy without harm to this one. */
export interface Hdf5Connection {
  /**
   * What the thread answers. The next request must wait for it; the numbers of a request to write move to the thread.
   *
   * @throws NextscaleError `engine-unavailable` without the package h5wasm; an `Error` that says in one line what HDF5
   *   refused, or that it stopped. The thread has ended then: nothing in it is trusted after a failure
   */
  ask<K extends Hdf5Request["kind"]>(request: Extract<Hdf5Request, { kind: K }>): Promise<Hdf5Results[K]>;
  /** Ends the thread. Idempotent. */
  stop(): Promise<void>;
}

/** Starts the thread. It keeps the process alive only while a request waits. */
export function openHdf5(limitMs = LIMIT_MS): Hdf5Connection {
  const worker = startThread(import.meta.url, "./thread", undefined);
  worker.unref();
  let stopped: Error | undefined;
  let settle: ((outcome: Hdf5Answer | Error) => void) | undefined;
  const fail = (reason: Error): void => {
    stopped ??= reason;
    settle?.(stopped);
  };
  worker.on("message", (answer: Hdf5Answer) => settle?.(answer));
  worker.on("error", (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on("exit", (code) => fail(new Error(`HDF5 stopped with code ${code}`)));

  const exchange = async (request: Hdf5Request): Promise<Hdf5Answer | Error> => {
    if (stopped !== undefined) return stopped;
    worker.ref();
    const timer = setTimeout(() => fail(new Error(`HDF5 gave no answer in ${limitMs / 1000} s`)), limitMs);
    const outcome = await new Promise<Hdf5Answer | Error>((resolve) => {
      settle = resolve;
      worker.postMessage(request, request.kind === "write" ? [bufferOf(request.values)] : []);
    });
    clearTimeout(timer);
    worker.unref();
    return outcome;
  };
  const stop = async (): Promise<void> => {
    await worker.terminate();
  };
  return {
    async ask(request) {
      const outcome = await exchange(request);
      if ("result" in outcome) return outcome.result as never;
      await stop();
      if (outcome instanceof Error) throw outcome;
      throw outcome.isPackage ? missing(outcome.error) : new Error(outcome.error);
    },
    stop,
  };
}

function bufferOf({ buffer }: NumberArray): ArrayBuffer {
  return buffer as ArrayBuffer;
}

function missing(got: string): NextscaleError {
  return new NextscaleError({
    code: "engine-unavailable",
    where: "weather/hdf5",
    expected: "the package h5wasm, which reads and writes NetCDF-4 and other HDF5 files",
    got: got.replace(/ imported from .*$/, ""),
    fix: "npm install h5wasm",
  });
}
