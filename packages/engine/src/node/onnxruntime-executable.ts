import type * as ort from "onnxruntime-node";
import { checkInputs, type Binding, type Slot } from "../engines/binding.js";
import type { Executable } from "../engines/engine.js";
import { alreadyClosed, engineFailure } from "../engines/failures.js";
import { SerialQueue } from "../engines/serial-queue.js";
import { allocate, type NamedArrays, type TensorData, type TensorType } from "../ir/tensor-type.js";

type Tensors = Readonly<Record<string, ort.Tensor>>;

/** One of the two sets of arrays between which state alternates. */
interface StateSet {
  readonly arrays: readonly TensorData[];
  readonly feeds: Tensors;
  readonly fetches: Tensors;
}

/**
 * An ONNX Runtime session with all its output memory allocated once.
 *
 * State lives in two sets of arrays: a run reads one and writes the other, then they change places. So nothing is
 * copied between steps and a failed run leaves the state as it was.
 */
export class OnnxRuntimeExecutable implements Executable {
  readonly #engine: string;
  readonly #session: ort.InferenceSession;
  readonly #tensor: typeof ort.Tensor;
  readonly #binding: Binding;
  readonly #queue = new SerialQueue();
  readonly #outputs: Readonly<Record<string, TensorData>>;
  readonly #outputFetches: Tensors;
  #current: StateSet;
  #next: StateSet;
  readonly #onClose: () => void;
  #closed = false;

  /**
   * @param outputNames name in the session's model of each program output
   * @param onClose called once, when the session is gone
   */
  constructor(
    engine: string,
    session: ort.InferenceSession,
    tensor: typeof ort.Tensor,
    binding: Binding,
    outputNames: readonly string[],
    onClose: () => void,
  ) {
    this.#onClose = onClose;
    this.#engine = engine;
    this.#session = session;
    this.#tensor = tensor;
    this.#binding = binding;
    const stateNames = binding.state.map((slot) => outputNames[slot.output] as string);
    const stateSet = (arrays: readonly TensorData[]): StateSet => {
      const tensors = binding.state.map(({ type }, i) => toTensor(tensor, type, arrays[i] as TensorData));
      return {
        arrays,
        feeds: Object.fromEntries(binding.state.map(({ name }, i) => [name, tensors[i] as ort.Tensor])),
        fetches: Object.fromEntries(stateNames.map((name, i) => [name, tensors[i] as ort.Tensor])),
      };
    };
    this.#current = stateSet(binding.state.map(({ initial }) => initial.slice()));
    this.#next = stateSet(binding.state.map(({ type }) => allocate(type)));
    const outputs = binding.outputs.map((slot) => ({ ...slot, array: allocate(slot.type) }));
    this.#outputs = Object.freeze(Object.fromEntries(outputs.map(({ name, array }) => [name, array])));
    this.#outputFetches = Object.fromEntries(
      outputs.map(({ output, type, array }) => [outputNames[output] as string, toTensor(tensor, type, array)]),
    );
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    checkInputs(this.#binding, inputs);
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      const feeds = Object.fromEntries(
        this.#binding.inputs.map(({ name, type }) => [name, toTensor(this.#tensor, type, inputs[name] as TensorData)]),
      );
      try {
        await this.#session.run(
          { ...feeds, ...this.#current.feeds },
          { ...this.#outputFetches, ...this.#next.fetches },
        );
      } catch (error) {
        throw engineFailure(this.#engine, "a run without failure", error);
      }
      [this.#current, this.#next] = [this.#next, this.#current];
      return this.#queue.waiting > 0 ? copyOf(this.#outputs) : this.#outputs;
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(() => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      return Promise.resolve(
        Object.fromEntries(
          this.#binding.state.map(({ name }: Slot, i) => [name, (this.#current.arrays[i] as TensorData).slice()]),
        ),
      );
    });
  }

  close(): Promise<void> {
    return this.#queue.add(async () => {
      if (this.#closed) return;
      this.#closed = true;
      await this.#session.release();
      this.#onClose();
    });
  }
}

/** A tensor over `data`, not a copy, unless it is shared memory, which the native side refuses. */
function toTensor(tensor: typeof ort.Tensor, type: TensorType, data: TensorData): ort.Tensor {
  const own = data.buffer instanceof SharedArrayBuffer ? data.slice() : data;
  return new tensor(type.dtype, own as Float32Array, type.shape);
}

function copyOf(arrays: NamedArrays): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}
