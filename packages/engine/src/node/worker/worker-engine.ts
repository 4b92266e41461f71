import { bind, checkInputs, type Binding } from "../../engines/binding.js";
import type { CompileOptions, Engine, Executable } from "../../engines/engine.js";
import { alreadyClosed } from "../../engines/failures.js";
import { SerialQueue } from "../../engines/serial-queue.js";
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
  return new WorkerEngine(`${setup.engine} (worker)`, connection);
}

/** {@link Engine} on the other side of a connection. */
export class WorkerEngine implements Engine {
  readonly name: string;
  readonly #connection: WorkerConnection;
  #closing: Promise<void> | null = null;

  constructor(name: string, connection: WorkerConnection) {
    this.name = name;
    this.#connection = connection;
  }

  async compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    if (this.#closing !== null) throw alreadyClosed(this.name);
    const binding = bind(program, options);
    const inputs = share(binding.inputs);
    const outputs = share(binding.outputs);
    const executable = await this.#connection.ask<number>({ kind: "compile", program, options, inputs, outputs });
    return new WorkerExecutable(this.name, this.#connection, executable, binding, inputs, outputs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#connection
      .ask<null>({ kind: "close" })
      .catch(() => null)
      .then(() => this.#connection.terminate());
    return this.#closing;
  }
}

class WorkerExecutable implements Executable {
  readonly #engine: string;
  readonly #connection: WorkerConnection;
  readonly #executable: number;
  readonly #binding: Binding;
  readonly #shared: { readonly inputs: SharedArrays; readonly outputs: SharedArrays };
  readonly #outputs: NamedArrays;
  readonly #queue = new SerialQueue();
  #closed = false;

  constructor(
    engine: string,
    connection: WorkerConnection,
    executable: number,
    binding: Binding,
    inputs: SharedArrays,
    outputs: SharedArrays,
  ) {
    this.#engine = engine;
    this.#connection = connection;
    this.#executable = executable;
    this.#binding = binding;
    this.#shared = { inputs, outputs };
    this.#outputs = Object.fromEntries(binding.outputs.map(({ name, type }) => [name, allocate(type)]));
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    checkInputs(this.#binding, inputs);
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      for (const { name } of this.#binding.inputs) this.#shared.inputs[name]!.set(inputs[name] as TensorData);
      await this.#connection.ask<null>({ kind: "run", executable: this.#executable });
      const fresh = this.#queue.waiting > 0;
      const entries = this.#binding.outputs.map(({ name, type }): [string, TensorData] => {
        const array = fresh ? allocate(type) : (this.#outputs[name] as TensorData);
        array.set(this.#shared.outputs[name] as TensorData);
        return [name, array];
      });
      return Object.fromEntries(entries);
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      return this.#connection.ask<NamedArrays>({ kind: "readState", executable: this.#executable });
    });
  }

  close(): Promise<void> {
    return this.#queue.add(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#connection.ask<null>({ kind: "closeExecutable", executable: this.#executable });
    });
  }
}

function share(slots: Binding["inputs"]): SharedArrays {
  return Object.fromEntries(slots.map(({ name, type }) => [name, allocateShared(type)]));
}
