import { parentPort } from "node:worker_threads";
import type * as Hdf5 from "h5wasm/node";
import type { Hdf5Answer, Hdf5Request } from "./protocol.js";
import { describe, read, type H5wasm } from "./read.js";
import { create, finish, write } from "./write.js";

/*
 * The file a thread of HDF5 starts with. It answers requests one after the other; after a failure it is to be stopped. It
 * and what it imports at once may not import packages of ours, which in a test are not built.
 */

let written: Hdf5.File | undefined;

function resultOf(h5: H5wasm, request: Hdf5Request) {
  switch (request.kind) {
    case "describe":
      return describe(h5, request.file);
    case "read":
      return read(h5, request.file, request.path, request.region);
    case "create":
      written = create(h5, request.file, request.plan);
      return null;
    case "write":
      write(h5, written!, request.path, request.region, request.values);
      return null;
    case "finish":
      finish(written!);
      return null;
    default:
      throw new Error(`internal: unknown request ${String(request satisfies never)}`);
  }
}

/** The innermost of HDF5's messages, without the place in its source, or that of another error. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const frames = [...text.matchAll(/^ *#\d+: .*? line \d+ in \w+\(\): ([^]*?)\n +major:/gm)];
  const reason = frames.at(-1)?.[1] ?? text.split("\n", 1)[0]!;
  return reason.replace(/\s+/g, " ").slice(0, 400);
}

async function openPackage(): Promise<H5wasm> {
  const h5 = await import("h5wasm/node");
  const module = await h5.ready;
  // Else a failed read is told only on the standard error output, and gives whatever the memory held.
  module.activate_throwing_error_handler();
  return h5;
}

function answerOf(h5: H5wasm, request: Hdf5Request): Hdf5Answer {
  try {
    return { result: resultOf(h5, request) };
  } catch (error) {
    return { error: reasonOf(error), isPackage: false };
  }
}

/** Begins to answer. */
export function start(): void {
  if (parentPort === null) throw new Error("internal: this file is the start of a thread");
  const port = parentPort;
  // What the library prints when it aborts is in the error too.
  process.stderr.write = () => true;
  const opened = openPackage().catch((error: unknown): Hdf5Answer => ({ error: reasonOf(error), isPackage: true }));
  port.on("message", (request: Hdf5Request) => {
    void opened.then((h5) => {
      const answer = "File" in h5 ? answerOf(h5, request) : h5;
      const numbers =
        "result" in answer && ArrayBuffer.isView(answer.result) ? [answer.result.buffer as ArrayBuffer] : [];
      port.postMessage(answer, numbers);
    });
  });
}
