import type { Program } from "../ir/program.js";
import type { CompileOptions, Engine, Executable } from "./engine.js";
import { alreadyClosed } from "./failures.js";
import { QueuedExecutable, type LoadedProgram } from "./queued-executable.js";

/** How programs get onto an engine: the part in which engines differ. */
export interface Driver {
  /** @throws NextscaleError as {@link Engine.compile} does */
  load(program: Program, options: CompileOptions): Promise<LoadedProgram>;
  /** Releases what the engine itself holds. Called once, when no program is loaded any more. */
  release?(): Promise<void>;
}

/** An engine that owns its executables: closing it closes them, also those that are still being made. */
export class OwningEngine implements Engine {
  readonly name: string;
  readonly #driver: Driver;
  readonly #executables = new Set<Executable>();
  readonly #compiling = new Set<Promise<Executable>>();
  #closing: Promise<void> | null = null;

  constructor(name: string, driver: Driver) {
    this.name = name;
    this.#driver = driver;
  }

  async compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    if (this.#closing !== null) throw alreadyClosed(this.name, "engine");
    const compiling = this.#compile(program, options);
    this.#compiling.add(compiling);
    return compiling.finally(() => this.#compiling.delete(compiling));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #compile(program: Program, options: CompileOptions): Promise<Executable> {
    const loaded = await this.#driver.load(program, options);
    if (this.#closing !== null) {
      await loaded.release();
      throw alreadyClosed(this.name, "engine");
    }
    const executable: Executable = new QueuedExecutable(this.name, loaded, () => this.#executables.delete(executable));
    this.#executables.add(executable);
    return executable;
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#compiling);
    try {
      await Promise.all([...this.#executables].map((executable) => executable.close()));
    } finally {
      await this.#driver.release?.();
    }
  }
}
