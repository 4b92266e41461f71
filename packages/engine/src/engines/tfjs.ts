import * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../errors.js";
import type { Node, Program, ValueId } from "../ir/program.js";
import { typeOf } from "../ir/program.js";
import { allocate, type NamedArrays, type TensorData, type TensorType } from "../ir/tensor-type.js";
import { operation } from "../ops/index.js";
import { optimise } from "../passes/optimise.js";
import { bind, checkInputs, type Binding, type Slot } from "./binding.js";
import type { CompileOptions, Engine, Executable } from "./engine.js";
import { alreadyClosed, engineFailure } from "./failures.js";
import { SerialQueue } from "./serial-queue.js";
import { dyingValues } from "./liveness.js";

/**
 * Runs programs eagerly, node by node, on a tfjs backend. Slower than ONNX Runtime, but it runs wherever tfjs does.
 *
 * tfjs has one current backend for the whole process. It is changed only while the nodes of a run are executed, which
 * happens without yielding, and then put back.
 *
 * @param backend name of a registered tfjs backend: import its package first
 * @throws NextscaleError `engine-unavailable` when no such backend is registered or it does not start
 */
export async function openTfjs(backend: string, name = `tfjs/${backend}`): Promise<Engine> {
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
  const previous = tf.getBackend();
  try {
    if (!(await tf.setBackend(backend))) throw unavailable("one that does not start here");
  } catch (error) {
    throw error instanceof NextscaleError ? error : unavailable("one that does not start here", error);
  } finally {
    await tf.setBackend(previous);
  }
  return new TfjsEngine(name, backend);
}

class TfjsEngine implements Engine {
  readonly name: string;
  readonly #backend: string;
  readonly #executables = new Set<Executable>();
  #closed = false;

  constructor(name: string, backend: string) {
    this.name = name;
    this.#backend = backend;
  }

  async compile(program: Program, options: CompileOptions = {}): Promise<Executable> {
    if (this.#closed) throw alreadyClosed(this.name);
    const optimised = optimise(program);
    const binding = bind(optimised, options);
    const executable: Executable = new TfjsExecutable(this.name, this.#backend, optimised, binding, () =>
      this.#executables.delete(executable),
    );
    this.#executables.add(executable);
    return Promise.resolve(executable);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#executables].map((executable) => executable.close()));
  }
}

class TfjsExecutable implements Executable {
  readonly #engine: string;
  readonly #backend: string;
  readonly #program: Program;
  readonly #binding: Binding;
  readonly #onClose: () => void;
  /** For each node, the values that nothing reads after it. */
  readonly #dying: readonly (readonly ValueId[])[];
  readonly #constants: ReadonlyMap<ValueId, tf.Tensor>;
  readonly #outputs: NamedArrays;
  readonly #queue = new SerialQueue();
  #state: readonly tf.Tensor[];
  #closed = false;

  constructor(engine: string, backend: string, program: Program, binding: Binding, onClose: () => void) {
    this.#engine = engine;
    this.#backend = backend;
    this.#program = program;
    this.#binding = binding;
    this.#onClose = onClose;
    this.#dying = dyingValues(program);
    this.#outputs = Object.fromEntries(binding.outputs.map(({ name, type }) => [name, allocate(type)]));
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
    checkInputs(this.#binding, inputs);
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      try {
        const outputs = onBackend(this.#backend, () => this.#execute(inputs));
        return await this.#read(outputs, this.#queue.waiting > 0);
      } catch (error) {
        throw error instanceof NextscaleError ? error : engineFailure(this.#engine, "a run without failure", error);
      }
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      const copies = this.#binding.state.map(async ({ name }, i): Promise<[string, TensorData]> => {
        return [name, (await (this.#state[i] as tf.Tensor).data<"float32">()).slice()];
      });
      return Object.fromEntries(await Promise.all(copies));
    });
  }

  close(): Promise<void> {
    return this.#queue.add(async () => {
      if (this.#closed) return Promise.resolve();
      this.#closed = true;
      tf.dispose([...this.#constants.values(), ...this.#state]);
      this.#onClose();
      return Promise.resolve();
    });
  }

  /** Runs every node, replaces the state, and returns tensors of the outputs, which the caller owns. */
  #execute(inputs: NamedArrays): readonly tf.Tensor[] {
    const { state, outputs } = this.#binding;
    const borrowed = new Map(this.#constants);
    state.forEach(({ value }, i) => borrowed.set(value, this.#state[i] as tf.Tensor));
    /** Tensors of this run, to be disposed when they die. */
    const owned = new Map<ValueId, tf.Tensor>();
    const read = (value: ValueId): tf.Tensor => (owned.get(value) ?? borrowed.get(value)) as tf.Tensor;
    try {
      for (const { name, value, type } of this.#binding.inputs)
        owned.set(value, toTensor(type, inputs[name] as TensorData));
      this.#program.nodes.forEach((node, i) => {
        const results = runNode(node, node.inputs.map(read));
        node.outputs.forEach((value, k) => owned.set(value, results[k] as tf.Tensor));
        for (const value of this.#dying[i] as readonly ValueId[]) {
          owned.get(value)?.dispose();
          owned.delete(value);
        }
      });
      const produced = this.#program.outputs.map(({ value }) => tf.clone(read(value)));
      tf.dispose(this.#state as tf.Tensor[]);
      this.#state = state.map(({ output }) => produced[output] as tf.Tensor);
      return outputs.map(({ output }) => produced[output] as tf.Tensor);
    } finally {
      tf.dispose([...owned.values()]);
    }
  }

  async #read(tensors: readonly tf.Tensor[], fresh: boolean): Promise<NamedArrays> {
    const target = (slot: Slot) => (fresh ? allocate(slot.type) : (this.#outputs[slot.name] as TensorData));
    try {
      const data = await Promise.all(tensors.map((tensor) => tensor.data()));
      return Object.fromEntries(
        this.#binding.outputs.map((slot, i) => {
          const array = target(slot);
          array.set(data[i] as TensorData);
          return [slot.name, array];
        }),
      );
    } finally {
      tf.dispose(tensors as tf.Tensor[]);
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

/** Makes `backend`, which has started before, current while `body` runs without yielding. */
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
