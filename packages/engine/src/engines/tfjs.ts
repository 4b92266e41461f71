import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import type { Node, Program, ValueId } from "../ir/program.js";
import { typeOf } from "../ir/program.js";
import { allocate, type NamedArrays, type TensorData, type TensorType } from "../ir/tensor-type.js";
import { operation } from "../ops/index.js";
import { optimise } from "../passes/optimise.js";
import { bind, type Binding, type Slot } from "./binding.js";
import type { CompileOptions, Engine } from "./engine.js";
import { dyingValues } from "./liveness.js";
import { OwningEngine, type Driver } from "./owning-engine.js";
import type { LoadedProgram } from "./queued-executable.js";
import { SerialQueue } from "./serial-queue.js";

/**
 * Runs programs eagerly, node by node, on a tfjs backend. Slower than ONNX Runtime, but it runs wherever tfjs does.
 *
 * tfjs has one current backend for the whole process. It is changed only while the nodes of a run are executed, which
 * happens without yielding, and then put back.
 *
 * @param backend name of a registered tfjs backend: import its package first
 * @throws NextscaleError `engine-unavailable` when no such backend is registered or it does not start
 */
export function openTfjs(backend: string, name = `tfjs/${backend}`): Promise<Engine> {
  return opening.add(() => open(backend, name));
}

/** One backend is opened at a time: two at once could both start it. */
const opening = new SerialQueue();

async function open(backend: string, name: string): Promise<Engine> {
  const unavailable = (got: string, cause?: unknown) =>
    new NextscaleError({
      code: "engine-unavailable",
      where: name,
      expected: `a tfjs backend registered as ${backend}`,
      got,
      cause,
      fix: `import the package that registers it, such as @tensorflow/tfjs-backend-${backend}`,
    });
  if (tf.findBackendFactory(backend) === null) throw unavailable("none");
  // tfjs chooses a backend when first used. It chooses now, so that there is one to put back: going back to none would
  // make it start every backend anew.
  await tf.ready();
  try {
    await start(backend);
  } catch (error) {
    throw unavailable("one that does not start here", error);
  }
  return new OwningEngine(name, new TfjsDriver(backend));
}

/** Starts a backend unless it has started. tf.setBackend would make it current before it is ready, for all of this process. */
async function start(backend: string): Promise<void> {
  const { registry, registryFactory } = tf.engine();
  if (backend in registry) return;
  const started = await registryFactory[backend]!.factory();
  if (backend in registry) started.dispose();
  else registry[backend] = started;
}

class TfjsDriver implements Driver {
  readonly #backend: string;

  constructor(backend: string) {
    this.#backend = backend;
  }

  async load(program: Program, options: CompileOptions): Promise<LoadedProgram> {
    const optimised = optimise(program);
    const binding = bind(optimised, options);
    await tf.ready();
    return new TfjsProgram(this.#backend, optimised, binding);
  }
}

/** A name, the program input of that name where it is state, and the position among the program's outputs. */
interface ResultSlot {
  readonly name: string;
  readonly value: ValueId;
  readonly output: number;
}

/** Tensors of the state after a step and of what the step returns. */
interface StepResult {
  readonly state: readonly tf.Tensor[];
  readonly outputs: readonly tf.Tensor[];
}

/** A program with its constants and state as tensors of one backend. */
class TfjsProgram implements LoadedProgram {
  readonly inputs: readonly Slot[];
  readonly #backend: string;
  /** Steps of a run, one after the other along the arrays it is given. */
  readonly #steps: number;
  readonly #program: Program;
  /** For each node, the values that nothing reads after it. */
  readonly #dying: readonly (readonly ValueId[])[];
  readonly #constants: ReadonlyMap<ValueId, tf.Tensor>;
  readonly #stateSlots: readonly ResultSlot[];
  readonly #outputs: readonly (ResultSlot & { readonly array: TensorData })[];
  #state: readonly tf.Tensor[];

  constructor(backend: string, program: Program, binding: Binding) {
    this.inputs = binding.inputs;
    this.#backend = backend;
    this.#steps = binding.stepsPerRun ?? 1;
    this.#program = program;
    this.#dying = dyingValues(program);
    this.#stateSlots = binding.state.map(({ name, value, output }) => ({ name, value, output }));
    this.#outputs = binding.outputs.map(({ name, value, output, type }) => {
      return { name, value, output, array: allocate(type) };
    });
    [this.#constants, this.#state] = onBackend(backend, () => [
      new Map([
        ...[...program.constants].map(([value, data]): [ValueId, tf.Tensor] => [
          value,
          toTensor(typeOf(program, value), data),
        ]),
        ...binding.constants.map(({ value, type, data }): [ValueId, tf.Tensor] => [value, toTensor(type, data)]),
      ]),
      binding.state.map(({ type, initial }) => toTensor(type, initial)),
    ]);
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    await tf.ready();
    const before = this.#state;
    let state = before;
    try {
      for (let step = 0; step < this.#steps; step++) {
        const made = onBackend(this.#backend, () => this.#execute(inputs, step, state));
        if (state !== before) tf.dispose(state as tf.Tensor[]);
        state = made.state;
        await this.#read(made.outputs, step);
      }
    } catch (error) {
      // A failed run leaves the state as it was.
      if (state !== before) tf.dispose(state as tf.Tensor[]);
      throw error;
    }
    tf.dispose(before as tf.Tensor[]);
    this.#state = state;
    return Object.fromEntries(this.#outputs.map(({ name, array }) => [name, array]));
  }

  async readState(): Promise<NamedArrays> {
    const copies = this.#stateSlots.map(async ({ name }, i): Promise<[string, TensorData]> => {
      return [name, (await (this.#state[i] as tf.Tensor).data<"float32">()).slice()];
    });
    return Object.fromEntries(await Promise.all(copies));
  }

  release(): Promise<void> {
    tf.dispose([...this.#constants.values(), ...this.#state]);
    return Promise.resolve();
  }

  /** The part of an input's or output's array that belongs to a step. */
  #partOf(array: TensorData, step: number): TensorData {
    const size = array.length / this.#steps;
    return array.subarray(step * size, (step + 1) * size);
  }

  /** Copies a step's outputs to their arrays and disposes them. */
  async #read(outputs: readonly tf.Tensor[], step: number): Promise<void> {
    try {
      const data = await Promise.all(outputs.map((tensor) => tensor.data()));
      this.#outputs.forEach(({ array }, i) => this.#partOf(array, step).set(data[i] as TensorData));
    } finally {
      tf.dispose(outputs as tf.Tensor[]);
    }
  }

  /** Runs every node on one step's part of the inputs. The caller owns what is returned. */
  #execute(inputs: NamedArrays, step: number, state: readonly tf.Tensor[]): StepResult {
    const borrowed = new Map(this.#constants);
    this.#stateSlots.forEach(({ value }, i) => borrowed.set(value, state[i] as tf.Tensor));
    /** Tensors of this run, to be disposed when they die. */
    const owned = new Map<ValueId, tf.Tensor>();
    const read = (value: ValueId): tf.Tensor => (owned.get(value) ?? borrowed.get(value)) as tf.Tensor;
    try {
      for (const { name, value } of this.inputs) {
        owned.set(value, toTensor(typeOf(this.#program, value), this.#partOf(inputs[name] as TensorData, step)));
      }
      this.#program.nodes.forEach((node, i) => {
        const results = runNode(node, node.inputs.map(read));
        node.outputs.forEach((value, k) => owned.set(value, results[k] as tf.Tensor));
        for (const value of this.#dying[i] as readonly ValueId[]) {
          owned.get(value)?.dispose();
          owned.delete(value);
        }
      });
      const produced = this.#program.outputs.map(({ value }) => tf.clone(read(value)));
      const pick = ({ output }: ResultSlot) => produced[output] as tf.Tensor;
      return { state: this.#stateSlots.map(pick), outputs: this.#outputs.map(pick) };
    } finally {
      tf.dispose([...owned.values()]);
    }
  }
}

/** The outputs of one node as tensors of their own; what it made on the way is disposed. */
function runNode(node: Node, inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
  return tf.tidy(() => {
    const results = operation(node.op).toTfjs(tf, inputs, node.attributes);
    return results.map((result) => (inputs.includes(result) ? tf.clone(result) : result));
  });
}

/** A tensor with a copy of `data`: the cpu backend would otherwise keep the caller's array. */
function toTensor(type: TensorType, data: TensorData): tf.Tensor {
  return tf.tensor(data.slice(), [...type.shape], type.dtype);
}

/**
 * Makes `backend`, which has started before, current while `body` runs without yielding. While another backend starts tfjs
 * refuses all work: await tf.ready() before.
 */
function onBackend<T>(backend: string, body: () => T): T {
  const previous = tf.getBackend();
  if (previous === backend) return body();
  // For a backend that has started, setBackend has done its work when it returns; its promise only repeats that.
  void tf.setBackend(backend);
  try {
    return body();
  } finally {
    void tf.setBackend(previous);
  }
}
