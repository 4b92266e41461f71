import { f32, i32, sizeOf, trace, type NamedArrays, type TensorType } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import type * as tf from "@tensorflow/tfjs-core";

/** A tensor as an input of a traced program. */
export interface TracedInput {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const typeOf = ({ shape, data }: TracedInput): TensorType => {
  if (data.length !== sizeOf(shape)) throw new Error(`${data.length} elements for [${shape.join()}]`);
  return data instanceof Int32Array ? i32(...shape) : f32(...shape);
};

/** Traces a function, runs the program once on ONNX Runtime and returns copies of its outputs by name. */
export async function runTraced<Name extends string>(
  inputs: Readonly<Record<Name, TracedInput>>,
  fn: (tensors: Record<Name, tf.Tensor>) => Record<string, tf.Tensor | readonly tf.Tensor[]>,
): Promise<NamedArrays> {
  const entries = Object.entries(inputs) as [Name, TracedInput][];
  const signature = Object.fromEntries(entries.map(([name, input]) => [name, typeOf(input)]));
  const program = trace((tensors) => fn(tensors as Record<Name, tf.Tensor>), signature);
  const engine = await openEngine(undefined, { threads: 1 });
  try {
    const executable = await engine.compile(program);
    const used = new Set(program.inputs.map(({ name }) => name));
    const arrays = entries.filter(([name]) => used.has(name)).map(([name, { data }]) => [name, data]);
    const outputs = await executable.run(Object.fromEntries(arrays) as NamedArrays);
    return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]));
  } finally {
    await engine.close();
  }
}
