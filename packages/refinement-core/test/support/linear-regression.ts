import * as tf from "@tensorflow/tfjs-core";
import { f32, gradients, i32, trace, type Executable, type NamedArrays, type Program } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { shuffledBatches } from "../../src/training/epoch-order.js";
import { layoutOf } from "../../src/training/tensors.js";

/*
 * A real training problem small enough for plain JavaScript: linear regression of 4 targets on 16 inputs by stochastic
 * gradient descent with momentum, in float32 storage.
 */

const INPUTS = 16;
const OUTPUTS = 4;
const ITEMS = 100;
const BATCH = 8;

const parameters = { weight: f32(INPUTS, OUTPUTS), bias: f32(OUTPUTS) };

/** State of the regression: weight and bias with their momenta, and the number of steps taken as an integer. */
const state = { params: parameters, momentum: parameters, count: { steps: i32() } };

/** Names and types of the state. */
export const regressionLayout = layoutOf(state);

/** Random initial weights; everything else zero. */
export function initialRegression(seed: number): NamedArrays {
  return {
    "params/weight": normals(randomStream(seed, "init"), { draws: INPUTS * OUTPUTS }),
    "params/bias": new Float32Array(OUTPUTS),
    "momentum/weight": new Float32Array(INPUTS * OUTPUTS),
    "momentum/bias": new Float32Array(OUTPUTS),
    "count/steps": new Int32Array(1),
  };
}

/** Batches of noisy measurements of a fixed linear map, as a function of the step. */
export function regressionBatches(seed: number): (step: number) => NamedArrays {
  const x = normals(randomStream(seed, "x"), { items: ITEMS, draws: INPUTS });
  const truth = normals(randomStream(seed, "truth"), { draws: INPUTS * OUTPUTS });
  const noise = normals(randomStream(seed, "noise"), { items: ITEMS, draws: OUTPUTS });
  const batchAt = shuffledBatches({ count: ITEMS, batchSize: BATCH, stream: randomStream(seed, "order") });
  return (step) => {
    const inputs = new Float32Array(BATCH * INPUTS);
    const targets = new Float32Array(BATCH * OUTPUTS);
    batchAt(step).indices.forEach((item, row) => {
      inputs.set(x.subarray(item * INPUTS, (item + 1) * INPUTS), row * INPUTS);
      for (let o = 0; o < OUTPUTS; o++) {
        let sum = 0.1 * noise[item * OUTPUTS + o]!;
        for (let i = 0; i < INPUTS; i++) sum += x[item * INPUTS + i]! * truth[i * OUTPUTS + o]!;
        targets[row * OUTPUTS + o] = sum;
      }
    });
    return { inputs, targets };
  };
}

/** The regression's training step, with its state: inputs `inputs`, `targets`, `learningRate`; output `loss`. */
export function regressionExecutable(initial: NamedArrays): Executable {
  const copy = (arrays: NamedArrays): Record<string, NamedArrays[string]> =>
    Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, data.slice()]));
  const now = copy(initial);
  const loss = new Float32Array(1);
  return {
    async run({ inputs, targets, learningRate }) {
      const [weight, bias] = [now["params/weight"]!, now["params/bias"]!];
      const gradWeight = new Float32Array(INPUTS * OUTPUTS);
      const gradBias = new Float32Array(OUTPUTS);
      let squares = 0;
      for (let row = 0; row < BATCH; row++) {
        for (let o = 0; o < OUTPUTS; o++) {
          let error = bias[o]! - targets![row * OUTPUTS + o]!;
          for (let i = 0; i < INPUTS; i++) error += inputs![row * INPUTS + i]! * weight[i * OUTPUTS + o]!;
          squares += error * error;
          gradBias[o]! += (2 * error) / BATCH;
          for (let i = 0; i < INPUTS; i++)
            gradWeight[i * OUTPUTS + o]! += (2 * error * inputs![row * INPUTS + i]!) / BATCH;
        }
      }
      for (const [name, gradient] of Object.entries({ weight: gradWeight, bias: gradBias })) {
        const [parameter, momentum] = [now[`params/${name}`]!, now[`momentum/${name}`]!];
        gradient.forEach((value, i) => {
          momentum[i] = 0.9 * momentum[i]! + value;
          parameter[i]! -= learningRate![0]! * momentum[i];
        });
      }
      now["count/steps"]![0]! += 1;
      loss[0] = squares / (BATCH * OUTPUTS);
      return { loss };
    },
    async readState() {
      return copy(now);
    },
    async close() {},
  };
}

/** The same step as a program, for an engine. */
export function regressionProgram(): Program {
  const signature = { ...state, inputs: f32(BATCH, INPUTS), targets: f32(BATCH, OUTPUTS), learningRate: f32(1) };
  return trace(({ params, momentum, count, inputs, targets, learningRate }) => {
    const predictions = tf.add(tf.matMul(inputs, params.weight), params.bias);
    const loss = tf.mean(tf.square(tf.sub(predictions, targets)));
    const found = gradients(loss, params);
    // The hand-written step sums over the outputs where the loss takes their mean.
    const moved = (name: "weight" | "bias"): tf.Tensor =>
      tf.add(tf.mul(momentum[name], 0.9), tf.mul(found[name], OUTPUTS));
    const next = { weight: moved("weight"), bias: moved("bias") };
    const updated = (name: "weight" | "bias"): tf.Tensor => tf.sub(params[name], tf.mul(next[name], learningRate));
    return {
      params: { weight: updated("weight"), bias: updated("bias") },
      momentum: next,
      count: { steps: tf.add(count.steps, tf.scalar(1, "int32")) },
      loss,
    };
  }, signature);
}

/** The regression's step on an engine by name, or written out in JavaScript. */
export async function regressionOn(engine: string | undefined, initial: NamedArrays): Promise<Executable> {
  if (engine === undefined) return regressionExecutable(initial);
  return (await openEngine(engine as EngineName)).compile(regressionProgram(), { state: initial });
}
