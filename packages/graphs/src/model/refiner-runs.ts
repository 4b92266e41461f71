import type { NamedArrays, Program } from "@nextscale/engine";
import { traceTyped, type TypesOf } from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import { SPLIT_CLASSES } from "../codes/split-classes.js";
import type { Patterns } from "../pyramid/patterns.js";
import { graphRefiner, type GraphRefinerParameters, type RefinerTensors } from "../refiner/graph-refiner.js";
import type { Capacity, Task } from "../refiner/inputs.js";
import type { LevelLogits } from "../sampling/reveal.js";
import { inputTypes, refinerTypes } from "../refiner/refiner-types.js";

type Inputs = { readonly refiner: GraphRefinerParameters; readonly inputs: RefinerTensors };

/** The network on a batch of levels: logits of all codes. */
export function logitsProgram(config: GraphModelConfig, patterns: Patterns, capacity: Capacity): Program {
  const refiner = graphRefiner(config, patterns);
  const signature: TypesOf<Inputs> = { refiner: refinerTypes(config), inputs: inputTypes(config, capacity) };
  return traceTyped<Inputs>(signature, ({ refiner: params, inputs }) => refiner.apply(params, inputs));
}

/** What the network said of each task, without the padding. */
export function logitsOf(
  outputs: NamedArrays,
  tasks: readonly Task[],
  { nodes, groups }: Capacity,
  { config, patterns }: { readonly config: GraphModelConfig; readonly patterns: Patterns },
): LevelLogits[] {
  return tasks.map(({ candidates }, item) => {
    const rows = (name: string, of: number, count: number, classes: number) =>
      (outputs[name] as Float32Array).slice(item * of * classes, (item * of + count) * classes);
    const { mass, finest, groups: own } = candidates;
    const n = mass.length;
    return {
      kinds: finest ? rows("labels", nodes, n, config.nodeLabels) : rows("compositions", nodes, n, config.compositions),
      splits: rows("splits", nodes, n, SPLIT_CLASSES),
      patterns: rows("patterns", groups, own.count, patterns.count),
    };
  });
}
