import { evaluateProgram } from "@nextscale/engine";
import { initialWeightState, parameterNormals, permutation, randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { encodeGraph } from "../../src/codes/encode-graph.js";
import { graphRefiner } from "../../src/refiner/graph-refiner.js";
import { refinerInputs } from "../../src/refiner/inputs.js";
import { refinerTypes } from "../../src/refiner/refiner-types.js";
import { refinerProgram } from "../../src/training/refiner-program.js";
import { targetsOf } from "../../src/training/targets.js";
import { trainingTask, type TrainingTask } from "../../src/training/training-task.js";
import { graph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";
import { reordered, type Reordering } from "../support/tasks.js";

const { coding, patterns } = tinyRefiner({ nodeLabels: 2, edgeLabels: 2, sizes: [0, 0, 0, 0, 0, 0, 0, 1] });
const example = graph(7, [[0, 1], [1, 2, 1], [2, 3], [3, 0], [3, 4], [4, 5, 1], [5, 6]], [0, 1, 0, 1, 1, 0, 0]); // prettier-ignore
const tasks = encodeGraph(example, coding, { stream: randomStream(1, "test/keys"), item: 0 }).map((level, scale) =>
  trainingTask(level, coding.config, { stream: randomStream(1, "test/hidden"), item: 3, scale }),
);
const capacity = {
  items: tasks.length,
  nodes: 7,
  groups: Math.max(...tasks.map(({ task }) => task.candidates.groups.count)),
};
const training = { steps: 1, batchSize: tasks.length, learningRate: 1e-3, weightDecay: 0 };
const program = refinerProgram(coding, training, [capacity]);
const state = initialWeightState(graphRefiner(coding).init(parameterNormals(3)), refinerTypes(coding.config));

/** @param targets of other tasks than those that the network sees, for a control */
function lossOf(some: readonly TrainingTask[], targets: readonly TrainingTask[] = some): number {
  const named = (prefix: string, arrays: object) =>
    Object.fromEntries(Object.entries(arrays).map(([name, data]) => [`${prefix}/${name}`, data as Float32Array]));
  const outputs = evaluateProgram(program, {
    ...state,
    ...named("parts/0/inputs", refinerInputs(some.map(({ task }) => task), capacity, coding)), // prettier-ignore
    ...named("parts/0/targets", targetsOf(targets, capacity, coding.splits)),
    learningRate: [1e-3],
    averageDecay: [0],
  });
  return outputs["loss"]![0]!;
}

function moved({ task, weights }: TrainingTask, to: Reordering): TrainingTask {
  const place = (data: Float32Array, order: readonly number[]) => {
    const result = data.slice();
    data.forEach((weight, at) => (result[order[at]!] = weight));
    return result;
  };
  return {
    task: reordered(task, to, patterns),
    weights: { splits: place(weights.splits, to.nodes), patterns: place(weights.patterns, to.groups) },
  };
}

test("the loss is the same for every order of the nodes of every level", () => {
  const loss = lossOf(tasks);
  expect(loss).toBeGreaterThan(0.1);
  for (const seed of [1, 2, 3]) {
    const other = tasks.map((one) => {
      const { mass, groups } = one.task.candidates;
      const order = (count: number) => [...permutation(randomStream(seed, "test/order"), count)];
      return moved(one, { nodes: order(mass.length), groups: order(groups.count), pairs: [0, 1, 2, 3] });
    });
    expect(Math.abs(lossOf(other) - loss)).toBeLessThan(1e-9);
    // Control: what is said of one node is not what is to be said of another.
    expect(Math.abs(lossOf(other, tasks) - loss)).toBeGreaterThan(1e-6);
  }
});
