import { evaluateProgram, type NamedArrays } from "@nextscale/engine";
import { parameterArrays, parameterNormals } from "@nextscale/refinement-core";
import { codingOf } from "../../src/codes/encode-graph.js";
import type { GraphModelConfig } from "../../src/config/config.js";
import { logitsOf, logitsProgram } from "../../src/model/refiner-runs.js";
import { graphRefiner } from "../../src/refiner/graph-refiner.js";
import { refinerInputs, type Capacity, type RefinerInputs, type Task } from "../../src/refiner/inputs.js";
import type { LevelLogits } from "../../src/sampling/reveal.js";

/** A network so small that every outcome can be counted, with weights far from those of an untrained one. */
export function tinyRefiner(settings: Partial<GraphModelConfig> = {}) {
  const { nodeLabels = 1 } = settings;
  const config: GraphModelConfig = {
    hierarchy: "pairs",
    nodeLabels,
    edgeLabels: 1,
    sizes: [0, 0, 0, 0, 1],
    labelShares: new Array<number>(nodeLabels).fill(1 / nodeLabels),
    formulas: [],
    divisions: [],
    network: { width: 8, heads: 2, blocks: 2, walkLength: 3, pairWidth: 6 },
    ...settings,
  };
  const coding = codingOf(config);
  const normals = parameterNormals(3);
  // Heads begin near zero; here they shall have something to say.
  const params = parameterArrays(graphRefiner(coding).init(normals), "refiner");
  for (const [name, data] of Object.entries(params)) {
    if (/splits|label\/|pattern\//.test(name)) params[name] = data.map((w) => 60 * w);
  }
  /** In double precision, so that what is the same by symmetry is the same to the last digits. */
  const run = (
    tasks: readonly Task[],
    capacity: Capacity,
    change: (inputs: RefinerInputs) => RefinerInputs = (x) => x,
  ): LevelLogits[] => {
    const inputs = change(refinerInputs(tasks, capacity, coding));
    const named = Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => [`inputs/${name}`, data as Float32Array]),
    );
    const outputs = evaluateProgram(logitsProgram(coding, capacity), { ...params, ...named });
    return logitsOf(outputs as unknown as NamedArrays, tasks, capacity, coding);
  };
  return { ...coding, coding, run };
}
