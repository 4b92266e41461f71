import type * as ort from "onnxruntime-node";
import type { Slot } from "../engines/binding.js";
import type { LoweredProgram } from "../engines/lower.js";
import type { LoadedProgram } from "../engines/queued-executable.js";
import { allocate, type NamedArrays, type TensorData, type TensorType } from "../ir/tensor-type.js";

type Tensors = Readonly<Record<string, ort.Tensor>>;

/** One of the two sets of arrays between which state alternates. */
interface StateSet {
  readonly arrays: NamedArrays;
  readonly feeds: Tensors;
  readonly fetches: Tensors;
}

/**
 * An ONNX Runtime session with all its output memory allocated once.
 *
 * State lives in two sets of arrays: a run reads one and writes the other, then they change places. So nothing is
 * copied between steps and a failed run leaves the state as it was.
 */
export class OnnxRuntimeProgram implements LoadedProgram {
  readonly inputs: readonly Slot[];
  readonly #session: ort.InferenceSession;
  readonly #tensor: typeof ort.Tensor;
  readonly #outputs: NamedArrays;
  readonly #outputFetches: Tensors;
  #current: StateSet;
  #next: StateSet;

  constructor(session: ort.InferenceSession, tensor: typeof ort.Tensor, { binding, outputNames }: LoweredProgram) {
    this.inputs = binding.inputs;
    this.#session = session;
    this.#tensor = tensor;
    const fetched = (output: number) => outputNames[output] as string;
    const stateSet = (arrays: readonly TensorData[]): StateSet => {
      const slots = binding.state.map(({ name, type, output }, i) => {
        const array = arrays[i] as TensorData;
        return { name, array, tensor: toTensor(tensor, type, array), fetch: fetched(output) };
      });
      return {
        arrays: Object.fromEntries(slots.map(({ name, array }) => [name, array])),
        feeds: Object.fromEntries(slots.map((slot) => [slot.name, slot.tensor])),
        fetches: Object.fromEntries(slots.map((slot) => [slot.fetch, slot.tensor])),
      };
    };
    this.#current = stateSet(binding.state.map(({ initial }) => initial.slice()));
    this.#next = stateSet(binding.state.map(({ type }) => allocate(type)));
    const outputs = binding.outputs.map((slot) => ({ ...slot, array: allocate(slot.type) }));
    this.#outputs = Object.freeze(Object.fromEntries(outputs.map(({ name, array }) => [name, array])));
    this.#outputFetches = Object.fromEntries(
      outputs.map(({ output, type, array }) => [fetched(output), toTensor(tensor, type, array)]),
    );
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    const feeds = Object.fromEntries(
      this.inputs.map(({ name, type }) => [name, toTensor(this.#tensor, type, inputs[name] as TensorData)]),
    );
    await this.#session.run({ ...feeds, ...this.#current.feeds }, { ...this.#outputFetches, ...this.#next.fetches });
    [this.#current, this.#next] = [this.#next, this.#current];
    return this.#outputs;
  }

  readState(): Promise<NamedArrays> {
    const copies = Object.entries(this.#current.arrays).map(([name, array]) => [name, array.slice()] as const);
    return Promise.resolve(Object.fromEntries(copies));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** A tensor over `data`, not a copy, unless it is shared memory, which the native side refuses. */
function toTensor(tensor: typeof ort.Tensor, type: TensorType, data: TensorData): ort.Tensor {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return new tensor(type.dtype, own as Float32Array, type.shape);
}
