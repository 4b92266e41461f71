import type { SplitCodes } from "../codes/split-codes.js";
import { formulaAt } from "../pyramid/formula.js";
import type { Capacity } from "../refiner/inputs.js";
import { targetTypes } from "./refiner-program.js";
import type { TrainingTask } from "./training-task.js";

/** What the network is to say of each task. */
export function targetsOf(tasks: readonly TrainingTask[], capacity: Capacity, splitCodes: SplitCodes) {
  const { nodes, groups } = capacity;
  const targets = emptyTargets(capacity);
  tasks.forEach(({ task: { candidates, codes }, weights }, item) => {
    targets.patterns.set(codes.patterns, item * groups);
    targets.splitWeights.set(weights.splits, item * nodes);
    targets.patternWeights.set(weights.patterns, item * groups);
    const labels = codes.splits.length / candidates.mass.length;
    candidates.mass.forEach((mass, node) => {
      // Splits of nodes that fall apart are not asked for.
      if (weights.splits[node] === 0) return;
      targets.splits[item * nodes + node] = splitCodes.codeOf(mass, formulaAt(codes.splits, node, labels));
    });
  });
  return targets;
}

function emptyTargets(capacity: Capacity) {
  const types = targetTypes(capacity);
  const size = ({ shape }: { readonly shape: readonly number[] }) =>
    shape.reduce((product, extent) => product * extent);
  return {
    splits: new Int32Array(size(types.splits)),
    patterns: new Int32Array(size(types.patterns)),
    splitWeights: new Float32Array(size(types.splitWeights)),
    patternWeights: new Float32Array(size(types.patternWeights)),
  };
}
