import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "../../src/gradient/gradients.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { typeOf, type Program } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { gelu, layerNorm, softmaxCrossEntropy } from "../../src/nn/index.js";
import { adamW, adamWSignature } from "../../src/optimiser/adamw.js";
import { clipByGlobalNorm } from "../../src/optimiser/clip-by-global-norm.js";
import { f32, i32 } from "../../src/trace/signature.js";
import { trace } from "../../src/trace/trace.js";
import { uniform } from "../uniform.js";

/** y = x w^depth of square matrices: as much work as one asks for. */
export function longProgram(size: number, depth: number): Program {
  const g = new GraphBuilder();
  const w = g.input("w", f32(size, size));
  let y = g.input("x", f32(size, size));
  for (let i = 0; i < depth; i++) y = g.matMul(y, w);
  return g.finish([{ name: "y", value: y }]);
}

/** Inputs for {@link longProgram} under which nothing overflows. */
export function longInputs(size: number): { x: Float32Array; w: Float32Array } {
  return { x: new Float32Array(size * size).fill(1), w: new Float32Array(size * size).fill(1 / size) };
}

const BATCH = 8;
const WIDTH = 12;
const CLASSES = 5;
const network = { first: f32(6, WIDTH), bias: f32(WIDTH), scale: f32(WIDTH), last: f32(WIDTH, CLASSES) };

/** A whole AdamW step of a small classifier with GELU, layer norm and cross-entropy. State: `parameters`, `optimiser`. */
export function trainingStep(): Program {
  const signature = {
    parameters: network,
    optimiser: adamWSignature(network),
    x: f32(BATCH, 6),
    labels: i32(BATCH),
    rate: f32(),
  };
  return trace(({ parameters, optimiser, x, labels, rate }) => {
    const hidden = gelu(tf.add(tf.matMul(x, parameters.first), parameters.bias));
    // A normalised sum of three axes is what ONNX Runtime joins into one operator.
    const sequences = tf.reshape(hidden, [2, BATCH / 2, WIDTH]);
    const normalised = layerNorm(tf.add(sequences, tf.square(sequences)), { scale: parameters.scale });
    const logits = tf.matMul(tf.reshape(normalised, [BATCH, WIDTH]), parameters.last);
    const loss = tf.mean(softmaxCrossEntropy(logits, labels));
    const { clipped } = clipByGlobalNorm(gradients(loss, parameters), 1);
    const next = adamW(parameters, clipped, optimiser, rate);
    return { loss, parameters: next.parameters, optimiser: next.state };
  }, signature);
}

/** Whether an input of {@link trainingStep} is replaced by it. */
export function isTrainingState(name: string): boolean {
  return name.startsWith("parameters/") || name.startsWith("optimiser/");
}

/** Values for all inputs of {@link trainingStep}. */
export function trainingArrays(): Record<string, Float32Array | Int32Array> {
  const program = trainingStep();
  return Object.fromEntries(
    program.inputs.map(({ name, value }, i) => {
      const { dtype, shape } = typeOf(program, value);
      const numbers = uniform(sizeOf(shape), 100 + i);
      if (dtype === "int32") return [name, Int32Array.from(numbers, (u) => Math.floor(u * CLASSES))];
      if (name === "rate") return [name, Float32Array.of(0.01)];
      if (name.startsWith("optimiser/")) return [name, new Float32Array(numbers.length)];
      return [name, Float32Array.from(numbers, (u) => 2 * u - 1)];
    }),
  );
}
