import { evaluateProgram, type NamedArrays } from "@nextscale/engine";
import { traceTyped } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { allPairs } from "../../src/refiner/all-pairs.js";
import { refinerInputs, type RefinerTensors } from "../../src/refiner/inputs.js";
import { linkedPairs } from "../../src/refiner/linked-pairs.js";
import { inputTypes } from "../../src/refiner/refiner-types.js";
import { anyGraph } from "../support/graphs.js";
import { tinyRefiner } from "../support/refiner.js";
import { taskOf } from "../support/tasks.js";

/* All pairs and those that may be edges are two views of the same level: what they say of the latter is the same. */

const NETWORK = { width: 8, heads: 2, blocks: 1, walkLength: 4, pairWidth: 6 };
const settings = { nodeLabels: 2, edgeLabels: 2 };
const dense = tinyRefiner({ ...settings, network: NETWORK });
const linked = tinyRefiner({ ...settings, network: { ...NETWORK, summaries: 2 } });
const shape = { width: 8, heads: 2, hidden: 32 };

/** Features of the pairs of groups, and returns of nodes. */
function seen({ coding }: typeof dense, task: ReturnType<typeof taskOf>): NamedArrays {
  const { mass, groups } = task.candidates;
  const capacity = { items: 2, nodes: mass.length + 1, groups: groups.count + 1 };
  const { config } = coding;
  const program = traceTyped<{ readonly inputs: RefinerTensors }>(
    { inputs: inputTypes(config, capacity) },
    ({ inputs }) => {
      const view = "pairs" in inputs ? allPairs(inputs, config, shape) : linkedPairs(inputs, config, shape);
      const features = tf.gather(view.features, tf.reshape<tf.Rank.R1>(inputs.places, [-1]));
      return { features, returns: view.returns, ends: view.rowsAt(inputs.second)(view.returns) };
    },
  );
  const named = Object.entries(refinerInputs([task, task], capacity, coding)).map(([name, data]) => [`inputs/${name}`, data as Float32Array]); // prettier-ignore
  return evaluateProgram(program, Object.fromEntries(named) as NamedArrays) as unknown as NamedArrays;
}

test("walks and states are the same for all pairs and for those that may be edges", () => {
  fc.assert(
    fc.property(anyGraph({ most: 9, ...settings }), fc.nat({ max: 1e6 }), (graph, item) => {
      const task = taskOf(graph, dense, item);
      const [a, b] = [seen(dense, task), seen(linked, task)];
      const { groups } = task.candidates;
      const width = a["features"]!.length / (2 * (groups.count + 1) * 4);
      for (const name of ["features", "returns", "ends"]) {
        const unequal = Array.from(a[name]!).findIndex((value, at) => {
          // Places of pairs that are not there mean nothing.
          const pair = Math.floor(at / width) % ((groups.count + 1) * 4);
          const absent = name === "features" && !(groups.pairs[2 * pair]! >= 0);
          return !absent && Math.abs(value - b[name]![at]!) > 1e-6;
        });
        expect([name, unequal]).toEqual([name, -1]);
      }
    }),
    { numRuns: 40 },
  );
});
