import type * as ort from "onnxruntime-web";
import type { Slot } from "../engines/binding.js";
import type { LoweredProgram } from "../engines/lower.js";
import type { LoadedProgram } from "../engines/queued-executable.js";
import type { SerialQueue } from "../engines/serial-queue.js";
import type { NamedArrays, TensorData, TensorType } from "../ir/tensor-type.js";

/** A slot with the name of an output of the session. */
interface FetchedSlot {
  readonly name: string;
  readonly fetch: string;
}

/**
 * A session of ONNX Runtime Web. State is kept as the tensors that the last run returned: on the device where the
 * provider has one. Outputs are arrays of their own each run, as WebAssembly's memory has to be copied out of anyway.
 */
export class OnnxRuntimeWebProgram implements LoadedProgram {
  readonly inputs: readonly Slot[];
  readonly #session: ort.InferenceSession;
  readonly #tensor: typeof ort.Tensor;
  readonly #queue: SerialQueue;
  readonly #stateSlots: readonly FetchedSlot[];
  readonly #outputs: readonly FetchedSlot[];
  #state: readonly ort.Tensor[];

  /** @param queue orders all calls into the package */
  constructor(
    session: ort.InferenceSession,
    tensor: typeof ort.Tensor,
    { binding, outputNames }: LoweredProgram,
    queue: SerialQueue,
  ) {
    this.inputs = binding.inputs;
    this.#session = session;
    this.#tensor = tensor;
    this.#queue = queue;
    const fetched = ({ name, output }: { readonly name: string; readonly output: number }): FetchedSlot => {
      return { name, fetch: outputNames[output] as string };
    };
    this.#stateSlots = binding.state.map(fetched);
    this.#outputs = binding.outputs.map(fetched);
    this.#state = binding.state.map(({ type, initial }) => toTensor(tensor, type, initial.slice()));
  }

  run(inputs: NamedArrays): Promise<NamedArrays> {
    const feeds = Object.fromEntries([
      ...this.inputs.map(({ name, type }) => [name, toTensor(this.#tensor, type, inputs[name] as TensorData)] as const),
      ...this.#stateSlots.map(({ name }, i) => [name, this.#state[i] as ort.Tensor] as const),
    ]);
    return this.#queue.add(async () => {
      const results = await this.#session.run(feeds);
      const result = ({ fetch }: FetchedSlot) => results[fetch] as ort.Tensor;
      this.#state.forEach((tensor) => tensor.dispose());
      this.#state = this.#stateSlots.map(result);
      return Object.fromEntries(this.#outputs.map((slot) => [slot.name, result(slot).data as TensorData]));
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(async () => {
      const copies = this.#stateSlots.map(async ({ name }, i): Promise<[string, TensorData]> => {
        return [name, ((await (this.#state[i] as ort.Tensor).getData()) as TensorData).slice()];
      });
      return Object.fromEntries(await Promise.all(copies));
    });
  }

  release(): Promise<void> {
    return this.#queue.add(() => {
      this.#state.forEach((tensor) => tensor.dispose());
      return this.#session.release();
    });
  }
}

/** A tensor over `data`, not a copy. */
function toTensor(tensor: typeof ort.Tensor, type: TensorType, data: TensorData): ort.Tensor {
  return new tensor(type.dtype, data as Float32Array, type.shape);
}
