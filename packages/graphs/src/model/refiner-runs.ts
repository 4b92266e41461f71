import type { NamedArrays, Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import type { Coding } from "../codes/encode-graph.js";
import { graphRefiner, type GraphRefinerParameters } from "../refiner/graph-refiner.js";
import type { Capacity, RefinerTensors, Task } from "../refiner/inputs.js";
import type { LevelLogits } from "../sampling/reveal.js";
import { inputTypes, refinerTypes } from "../refiner/refiner-types.js";

type Inputs = { readonly refiner: GraphRefinerParameters; readonly inputs: RefinerTensors };

/** The network on a batch of levels: logits of all codes. */
export function logitsProgram(coding: Coding, capacity: Capacity): Program {
  const refiner = graphRefiner(coding);
  const { config } = coding;
  const signature: TypesOf<Inputs> = { refiner: refinerTypes(config), inputs: inputTypes(config, capacity) };
  return traceTyped<Inputs>(signature, ({ refiner: params, inputs }) => refiner.apply(params, inputs));
}

/** What the network said of each task, without the padding. */
export function logitsOf(
  outputs: NamedArrays,
  tasks: readonly Task[],
  { nodes, groups }: Capacity,
  { patterns, splits }: Coding,
): LevelLogits[] {
  return tasks.map(({ candidates }, item) => {
    const rows = (name: string, of: number, count: number, classes: number) =>
      (outputs[name] as Float32Array).slice(item * of * classes, (item * of + count) * classes);
    const { mass, groups: own } = candidates;
    return {
      splits: rows("splits", nodes, mass.length, splits.count),
      patterns: rows("patterns", groups, own.count, patterns.count),
    };
  });
}
