import type * as ort from "onnxruntime-web";
import { checkInputs, type Binding } from "../engines/binding.js";
import type { Executable } from "../engines/engine.js";
import { alreadyClosed, engineFailure } from "../engines/failures.js";
import type { SerialQueue } from "../engines/serial-queue.js";
import type { NamedArrays, TensorData, TensorType } from "../ir/tensor-type.js";

/**
 * A session of ONNX Runtime Web. State is kept as the tensors that the last run returned: on the device where the
 * provider has one. Outputs are arrays of their own each run, as WebAssembly's memory has to be copied out of anyway.
 */
export class OnnxRuntimeWebExecutable implements Executable {
  readonly #engine: string;
  readonly #session: ort.InferenceSession;
  readonly #tensor: typeof ort.Tensor;
  readonly #binding: Binding;
  readonly #outputNames: readonly string[];
  readonly #queue: SerialQueue;
  readonly #onClose: () => void;
  #state: readonly ort.Tensor[];
  #closed = false;

  /**
   * @param outputNames name in the session's model of each program output
   * @param queue orders all calls into the package
   * @param onClose called once, when the session is gone
   */
  constructor(
    engine: string,
    session: ort.InferenceSession,
    tensor: typeof ort.Tensor,
    binding: Binding,
    outputNames: readonly string[],
    queue: SerialQueue,
    onClose: () => void,
  ) {
    this.#engine = engine;
    this.#session = session;
    this.#tensor = tensor;
    this.#binding = binding;
    this.#outputNames = outputNames;
    this.#queue = queue;
    this.#onClose = onClose;
    this.#state = binding.state.map(({ type, initial }) => toTensor(tensor, type, initial.slice()));
  }

  async run(inputs: NamedArrays): Promise<NamedArrays> {
    checkInputs(this.#binding, inputs);
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      const { inputs: slots, state, outputs } = this.#binding;
      const feeds = Object.fromEntries([
        ...slots.map(({ name, type }) => [name, toTensor(this.#tensor, type, inputs[name] as TensorData)] as const),
        ...state.map(({ name }, i) => [name, this.#state[i] as ort.Tensor] as const),
      ]);
      let results: ort.InferenceSession.ReturnType;
      try {
        results = await this.#session.run(feeds);
      } catch (error) {
        throw engineFailure(this.#engine, "a run without failure", error);
      }
      const result = (output: number) => results[this.#outputNames[output] as string] as ort.Tensor;
      this.#state.forEach((tensor) => tensor.dispose());
      this.#state = state.map(({ output }) => result(output));
      return Object.fromEntries(outputs.map(({ name, output }) => [name, result(output).data as TensorData]));
    });
  }

  readState(): Promise<NamedArrays> {
    return this.#queue.add(async () => {
      if (this.#closed) throw alreadyClosed(this.#engine);
      const copies = this.#binding.state.map(async ({ name }, i): Promise<[string, TensorData]> => {
        return [name, ((await (this.#state[i] as ort.Tensor).getData()) as TensorData).slice()];
      });
      return Object.fromEntries(await Promise.all(copies));
    });
  }

  close(): Promise<void> {
    return this.#queue.add(async () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#state.forEach((tensor) => tensor.dispose());
      await this.#session.release();
      this.#onClose();
    });
  }
}

/** A tensor over `data`, not a copy. */
function toTensor(tensor: typeof ort.Tensor, type: TensorType, data: TensorData): ort.Tensor {
  return new tensor(type.dtype, data as Float32Array, type.shape);
}
