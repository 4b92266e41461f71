import type { NamedArrays } from "../ir/tensor-type.js";
import { checkInputs, type Slot } from "./binding.js";
import type { Executable } from "./engine.js";
import { alreadyClosed, asEngineFailure } from "./failures.js";
import { SerialQueue } from "./serial-queue.js";

/**
 * What an engine holds for one program: storage and native calls. {@link QueuedExecutable} makes an {@link Executable} of it,
 * so calls never overlap and none comes after `release`.
 */
export interface LoadedProgram {
  /** What every run is given. */
  readonly inputs: readonly Slot[];
  /** Runs once, on arrays of the right names and types. The result may be overwritten by the next run. */
  run(inputs: NamedArrays): Promise<NamedArrays>;
  /** A copy of the state. */
  readState(): Promise<NamedArrays>;
  /** Frees everything. Called once. */
  release(): Promise<void>;
}

/** Checks what goes in, runs one call after the other, and says so after the end. */
export class QueuedExecutable implements Executable {
  readonly #engine: string;
  readonly #program: LoadedProgram;
  readonly #onClose: () => void;
  readonly #queue = new SerialQueue();
  #closed = false;

  /** @param onClose called once, when everything is freed */
  constructor(engine: string, program: LoadedProgram, onClose: () => void) {
    this.#engine = engine;
    this.#program = program;
    this.#onClose = onClose;
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    checkInputs(this.#program.inputs, inputs);
    return this.#queue.add(async () => {
      const outputs = await this.#call("a run without failure", () => this.#program.run(inputs));
      return this.#queue.waiting > 0 ? copyOf(outputs) : outputs;
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(() => this.#call("a readable state", () => this.#program.readState()));
  }

  close(): Promise<void> {
    return this.#queue.add(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#program.release().finally(this.#onClose);
    });
  }

  async #call<T>(expected: string, call: () => Promise<T>): Promise<T> {
    if (this.#closed) throw alreadyClosed(this.#engine, "executable");
    try {
      return await call();
    } catch (error) {
      throw asEngineFailure(this.#engine, expected, error);
    }
  }
}

function copyOf(arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}
