import type { Program } from "../ir/program.js";
import type { NamedArrays } from "../ir/tensor-type.js";

/**
 * The contract between a program and whatever executes it.
 *
 * An engine turns a Program into an Executable; an Executable turns arrays into arrays. Nothing else crosses: no
 * tensor, no device handle, nothing to dispose but the Executable itself.
 */
export interface Engine {
  /** `onnxruntime-node/cpu`, `tfjs/wasm`, ... as `nextscale doctor` lists them. */
  readonly name: string;
  /**
   * Prepares a program for running.
   *
   * @throws NextscaleError `invalid-argument` for a name in `options` that is no input, or is both constant and state;
   *   `shape` for an array there that does not fit its input, or state that no output replaces; `engine-failure` when the
   *   engine refuses the program or is closed before it is ready
   */
  compile(program: Program, options?: CompileOptions): Promise<Executable>;
  /** Closes its executables, then releases what the engine itself holds (a worker, a device). Idempotent. */
  close(): Promise<void>;
}

/** What is fixed or carried over between runs. Names are those of program inputs. */
export interface CompileOptions {
  /** Inputs that never change, baked in: an inference engine prepacks weights given so. They are then not passed to `run`. */
  readonly constants?: NamedArrays;
  /**
   * Initial values of inputs that each run replaces: the program must have an output of the same name and type, whose
   * value becomes the input of the next run. They are neither passed to `run` nor returned by it.
   */
  readonly state?: NamedArrays;
  /**
   * Takes so many steps in each `run`, state carried from one to the next, as `jax.lax.scan` does. Every array given to
   * `run` and returned by it then has a leading axis of this extent, one entry a step. Entering and leaving an engine costs
   * a copy of the whole state, which for small networks is a large part of a step. The program must have an input that is
   * neither constant nor state. Unless given, a run is one step and there is no such axis.
   */
  readonly stepsPerRun?: number;
}

/** A program ready to run. Calls to `run` are serialised in call order. */
export interface Executable {
  /**
   * Runs once, or `stepsPerRun` times.
   *
   * @param inputs every program input that is neither constant nor state. The arrays must not change until it is done.
   * @returns every output that is not state. The arrays are reused: they are valid until the next `run`; copy to keep.
   *   When the next `run` is called before this one is done, they are copies already.
   * @throws NextscaleError `shape` for a missing, unknown or wrongly sized input; `engine-failure` if the engine fails, or
   *   after `close`
   */
  run(inputs: NamedArrays): Promise<NamedArrays>;
  /** A copy of the state as the next run will see it. */
  readState(): Promise<NamedArrays>;
  /** Frees what the engine holds for this program. Idempotent. */
  close(): Promise<void>;
}
