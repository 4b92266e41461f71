import { parentPort, workerData } from "node:worker_threads";
import type { Engine, Executable } from "../../engines/engine.js";
import { SerialQueue } from "../../engines/serial-queue.js";
import type { NamedArrays, TensorData } from "../../ir/tensor-type.js";
import { openEngineHere } from "../open-engine-here.js";
import {
  OPENED,
  toParts,
  type Answer,
  type NumberedRequest,
  type Request,
  type SharedArrays,
  type WorkerSetup,
} from "./protocol.js";

/*
 * The file a worker thread starts with: opens the engine it was set up for, then answers requests in order.
 */

interface Hosted {
  readonly executable: Executable;
  readonly shared: { readonly inputs: SharedArrays; readonly outputs: SharedArrays };
  /** Copies in this thread's own memory: native engines refuse shared memory. */
  readonly inputs: NamedArrays;
}

const hosted = new Map<number, Hosted>();
let nextExecutable = 0;

async function answer(engine: Engine, request: Request): Promise<number | NamedArrays | null> {
  switch (request.kind) {
    case "compile": {
      const { program, options, inputs, outputs } = request;
      const executable = await engine.compile(program, options);
      // A slice of shared memory is not shared.
      const own = Object.fromEntries(Object.entries(inputs).map(([name, array]) => [name, array.slice()]));
      hosted.set(nextExecutable, { executable, shared: { inputs, outputs }, inputs: own });
      return nextExecutable++;
    }
    case "run": {
      const { executable, shared, inputs } = find(request.executable);
      for (const [name, array] of Object.entries(inputs)) array.set(shared.inputs[name] as TensorData);
      const results = await executable.run(inputs);
      for (const [name, array] of Object.entries(results)) (shared.outputs[name] as TensorData).set(array);
      return null;
    }
    case "readState":
      return find(request.executable).executable.readState();
    case "closeExecutable":
      await find(request.executable).executable.close();
      hosted.delete(request.executable);
      return null;
    case "close":
      await engine.close();
      return null;
    default:
      throw new Error(`internal: unknown request ${String(request satisfies never)}`);
  }
}

function find(executable: number): Hosted {
  const found = hosted.get(executable);
  if (found === undefined) throw new Error(`internal: the worker has no executable ${executable}`);
  return found;
}

async function serve(): Promise<void> {
  if (parentPort === null) throw new Error("internal: this file is the start of a worker thread");
  const port = parentPort;
  const post = (message: Answer) => port.postMessage(message);
  const { engine: name, threads } = workerData as WorkerSetup;
  let engine: Engine;
  try {
    engine = await openEngineHere(name, threads === undefined ? {} : { threads });
  } catch (error) {
    post({ id: OPENED, error: toParts(error) });
    return;
  }
  // One at a time: an engine must not be closed while it loads a program.
  const queue = new SerialQueue();
  port.on("message", ({ id, request }: NumberedRequest) => {
    queue
      .add(() => answer(engine, request))
      .then(
        (result) => post({ id, result }),
        (error: unknown) => post({ id, error: toParts(error) }),
      );
  });
  post({ id: OPENED, result: null });
}

await serve();
