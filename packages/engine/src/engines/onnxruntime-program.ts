import type { InferenceSession, Tensor, TensorConstructor } from "onnxruntime-common";
import type { NamedArrays, TensorData, TensorType } from "../ir/tensor-type.js";
import type { Slot } from "./binding.js";
import type { LoweredProgram } from "./lower.js";
import type { LoadedProgram } from "./queued-executable.js";
import { SerialQueue } from "./serial-queue.js";

/** Brings a tensor's elements to the processor. */
export type ReadTensor = (tensor: Tensor) => Promise<TensorData>;

/** A slot with the name of an output of the session. */
interface FetchedSlot {
  readonly name: string;
  readonly fetch: string;
}

/**
 * A session of ONNX Runtime, of the package for Node or for the web. State is kept as the tensors that the last run
 * returned: on the device where the provider has one. So nothing of ours is copied between steps, and a failed run leaves
 * the state as it was.
 *
 * Outputs are not preallocated: both packages copy every output to a new array, onnxruntime-node (1.30) even when it is
 * given one to write to. For the AdamW step of a 784-512-512-784 MLP at batch 256 that second set of arrays cost 2 of 27 ms.
 */
export class OnnxRuntimeProgram implements LoadedProgram {
  readonly inputs: readonly Slot[];
  readonly #session: InferenceSession;
  readonly #tensor: TensorConstructor;
  readonly #queue: SerialQueue;
  readonly #stateSlots: readonly FetchedSlot[];
  readonly #outputs: readonly FetchedSlot[];
  readonly #read: ReadTensor;
  #state: readonly Tensor[];

  /**
   * @param options.queue orders calls into a package that refuses calls that overlap, even on different sessions
   * @param options.read how a tensor of the state gets into an array, where the tensor itself cannot do it
   */
  constructor(
    session: InferenceSession,
    tensor: TensorConstructor,
    { binding, outputNames }: LoweredProgram,
    {
      queue = new SerialQueue(),
      read = (state) => state.getData() as Promise<TensorData>,
    }: { readonly queue?: SerialQueue; readonly read?: ReadTensor } = {},
  ) {
    this.inputs = binding.inputs;
    this.#session = session;
    this.#tensor = tensor;
    this.#queue = queue;
    this.#read = read;
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
      ...this.#stateSlots.map(({ name }, i) => [name, this.#state[i] as Tensor] as const),
    ]);
    return this.#queue.add(async () => {
      const results = await this.#session.run(feeds);
      const result = ({ fetch }: FetchedSlot) => results[fetch] as Tensor;
      this.#state.forEach((tensor) => tensor.dispose());
      this.#state = this.#stateSlots.map(result);
      return Object.fromEntries(this.#outputs.map((slot) => [slot.name, result(slot).data as TensorData]));
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(async () => {
      const copies = this.#stateSlots.map(async ({ name }, i): Promise<[string, TensorData]> => {
        return [name, (await this.#read(this.#state[i] as Tensor)).slice()];
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

/** A tensor over `data`, not a copy, unless it is shared memory, which the native side refuses. */
function toTensor(tensor: TensorConstructor, type: TensorType, data: TensorData): Tensor {
  const own = data.buffer instanceof ArrayBuffer ? data : data.slice();
  return new tensor(type.dtype, own as Float32Array, type.shape);
}
