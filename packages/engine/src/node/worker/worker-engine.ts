import { bind, type Slot } from "../../engines/binding.js";
import type { CompileOptions, Engine } from "../../engines/engine.js";
import { OwningEngine, type Driver } from "../../engines/owning-engine.js";
import type { LoadedProgram } from "../../engines/queued-executable.js";
import type { Program } from "../../ir/program.js";
import { allocate, type NamedArrays, type TensorData } from "../../ir/tensor-type.js";
import { WorkerConnection } from "./connection.js";
import { allocateShared, type SharedArrays, type WorkerSetup } from "./protocol.js";
import { startWorker } from "./start-worker.js";

/**
 * An engine in a thread of its own: the event loop of this thread stays alive while it runs. State stays in the
 * worker; inputs and outputs cross in shared memory.
 *
 * @throws NextscaleError `engine-unavailable` when the engine does not load
 */
export async function openWorkerEngine(setup: WorkerSetup): Promise<Engine> {
  const connection = new WorkerConnection(startWorker(setup));
  await connection.opened();
  return new OwningEngine(`${setup.engine} (worker)`, new WorkerDriver(connection));
}

/** Loads programs on the engine at the other side of a connection. */
export class WorkerDriver implements Driver {
  readonly #connection: WorkerConnection;

  constructor(connection: WorkerConnection) {
    this.#connection = connection;
  }

  async load(program: Program, options: CompileOptions): Promise<LoadedProgram> {
    const binding = bind(program, options);
    const shared = { inputs: share(binding.inputs), outputs: share(binding.outputs) };
    const executable = await this.#connection.ask<number>({ kind: "compile", program, options, ...shared });
    return new WorkerProgram(this.#connection, executable, binding.inputs, binding.outputs, shared);
  }

  async release(): Promise<void> {
    const closed = freed(this.#connection, this.#connection.ask<null>({ kind: "close" }));
    await closed.finally(() => this.#connection.terminate());
  }
}

/** Memory that both threads see, for each input and output. */
interface Shared {
  readonly inputs: SharedArrays;
  readonly outputs: SharedArrays;
}

/** An executable of the worker, by number, with the memory shared with it. */
class WorkerProgram implements LoadedProgram {
  readonly inputs: readonly Slot[];
  readonly #connection: WorkerConnection;
  readonly #executable: number;
  readonly #shared: Shared;
  readonly #outputs: NamedArrays;

  constructor(
    connection: WorkerConnection,
    executable: number,
    inputs: readonly Slot[],
    outputs: readonly Slot[],
    shared: Shared,
  ) {
    this.inputs = inputs;
    this.#connection = connection;
    this.#executable = executable;
    this.#shared = shared;
    this.#outputs = Object.freeze(Object.fromEntries(outputs.map(({ name, type }) => [name, allocate(type)])));
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    for (const { name } of this.inputs) this.#shared.inputs[name]!.set(inputs[name] as TensorData);
    await this.#connection.ask<null>({ kind: "run", executable: this.#executable });
    for (const [name, array] of Object.entries(this.#outputs)) array.set(this.#shared.outputs[name] as TensorData);
    return this.#outputs;
  }

  readState(): Promise<NamedArrays> {
    return this.#connection.ask<NamedArrays>({ kind: "readState", executable: this.#executable });
  }

  async release(): Promise<void> {
    await freed(
      this.#connection,
      this.#connection.ask<null>({ kind: "closeExecutable", executable: this.#executable }),
    );
  }
}

/** Waits for an answer that something is freed; what a worker held that has stopped is free. */
async function freed(connection: WorkerConnection, answer: Promise<null>): Promise<void> {
  try {
    await answer;
  } catch (error) {
    if (!connection.stopped) throw error;
  }
}

function share(slots: readonly Slot[]): SharedArrays {
  return Object.fromEntries(slots.map(({ name, type }) => [name, allocateShared(type)]));
}
