import type { Executable, NamedArrays } from "@nextscale/engine";
import { normals } from "../../src/random/distributions.js";
import { randomStream } from "../../src/random/stream.js";
import { shuffledBatches } from "../../src/training/epoch-order.js";
import type { TensorLayout } from "../../src/training/tensors.js";

/*
 * A real training problem small enough for plain JavaScript: linear regression of 4 targets on 16 inputs by stochastic
 * gradient descent with momentum, in float32 storage.
 */

const INPUTS = 16;
const OUTPUTS = 4;
const ITEMS = 100;
const BATCH = 8;

/** State of the regression: weight and bias with their momenta, and the number of steps taken as an integer. */
export const regressionLayout: TensorLayout = {
  "params/weight": { dtype: "float32", shape: [INPUTS, OUTPUTS] },
  "params/bias": { dtype: "float32", shape: [OUTPUTS] },
  "momentum/weight": { dtype: "float32", shape: [INPUTS, OUTPUTS] },
  "momentum/bias": { dtype: "float32", shape: [OUTPUTS] },
  "count/steps": { dtype: "int32", shape: [] },
};

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
  const batchAt = shuffledBatches({ count: ITEMS, batchSize: BATCH, seed });
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
  const state = copy(initial);
  const loss = new Float32Array(1);
  return {
    async run({ inputs, targets, learningRate }) {
      const [weight, bias] = [state["params/weight"]!, state["params/bias"]!];
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
      for (const [name, gradient] of [["weight", gradWeight] as const, ["bias", gradBias] as const]) {
        const [parameter, momentum] = [state[`params/${name}`]!, state[`momentum/${name}`]!];
        gradient.forEach((value, i) => {
          momentum[i] = 0.9 * momentum[i]! + value;
          parameter[i]! -= learningRate![0]! * momentum[i]!;
        });
      }
      state["count/steps"]![0]! += 1;
      loss[0] = squares / (BATCH * OUTPUTS);
      return { loss };
    },
    async readState() {
      return copy(state);
    },
    async close() {},
  };
}
