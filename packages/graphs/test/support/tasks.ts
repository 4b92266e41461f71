import { randomStream, uniforms } from "@nextscale/refinement-core";
import type { Graph } from "../../src/index.js";
import type { GraphModelConfig } from "../../src/config/config.js";
import { PAIRS, type Candidates } from "../../src/pyramid/candidates.js";
import { patternOf, type Patterns } from "../../src/pyramid/patterns.js";
import type { Codes } from "../../src/codes/codes.js";
import type { Known, Task } from "../../src/refiner/inputs.js";
import { encodeGraph } from "../../src/codes/encode-graph.js";
import { trainingTask } from "../../src/training/training-task.js";

/** A level of a graph, some of whose codes are hidden. */
export function taskOf(
  graph: Graph,
  { config, patterns, codebook }: { config: GraphModelConfig; patterns: Patterns; codebook: Float32Array },
  item: number,
): Task {
  const { nodeLabels, compositions } = config;
  const coding = { config, patterns, codebook: { shape: [compositions, nodeLabels], data: codebook }, start: new Float32Array(nodeLabels).fill(1 / nodeLabels) }; // prettier-ignore
  const levels = encodeGraph(graph, coding, { stream: randomStream(1, "test/keys"), item });
  const [at = 0] = uniforms(randomStream(1, "test/levels"), { items: { first: item, count: 1 }, draws: 1 });
  const scale = Math.floor(at * levels.length);
  return trainingTask(levels[scale]!, config, { stream: randomStream(1, "test/hidden"), item, scale }).task;
}

/** Where things of a level go. */
export interface Reordering {
  /** Node `v` becomes node `nodes[v]`. */
  readonly nodes: readonly number[];
  /** Group `g` becomes group `groups[g]`. */
  readonly groups: readonly number[];
  /** Where the pairs of each group go: sides, or the nodes on a side, change places. */
  readonly pairs: readonly number[];
}

/** The same level with its nodes and groups in another order. */
export function reordered({ candidates, codes, known }: Task, to: Reordering, patterns: Patterns): Task {
  const { groups } = candidates;
  const nodes = <T extends Int32Array | Uint8Array | Float32Array>(data: T): T => {
    const size = data.length / to.nodes.length;
    const result = data.slice() as T;
    data.forEach((value, at) => (result[to.nodes[Math.floor(at / size)]! * size + (at % size)] = value));
    return result;
  };
  const perGroup = <T extends Int32Array | Uint8Array>(data: T): T => {
    const result = data.slice() as T;
    data.forEach((value, at) => (result[to.groups[at]!] = value));
    return result;
  };
  const pairs = new Int32Array(groups.pairs.length);
  for (let at = 0; at < groups.count * PAIRS; at++) {
    const place = to.groups[Math.floor(at / PAIRS)]! * PAIRS + to.pairs[at % PAIRS]!;
    for (const end of [0, 1])
      pairs[2 * place + end] = groups.pairs[2 * at + end]! < 0 ? -1 : to.nodes[groups.pairs[2 * at + end]!]!;
  }
  const moved: Candidates = {
    ...candidates,
    parents: nodes(candidates.parents),
    slots: nodes(candidates.slots),
    mass: nodes(candidates.mass),
    composition: nodes(candidates.composition),
    groups: { ...groups, pairs, forms: perGroup(groups.forms) },
  };
  const swapped = (codes: Int32Array) => codes.map((code) => swappedPattern(code, to.pairs, patterns));
  const movedCodes: Codes = {
    ...codes,
    kinds: nodes(codes.kinds),
    splits: nodes(codes.splits),
    patterns: perGroup(swapped(codes.patterns)),
  };
  const movedKnown: Known = {
    kinds: nodes(known.kinds),
    splits: nodes(known.splits),
    patterns: perGroup(known.patterns),
  };
  return { candidates: moved, codes: movedCodes, known: movedKnown };
}

/** The pattern whose pairs have changed places. */
export function swappedPattern(pattern: number, pairs: readonly number[], patterns: Patterns): number {
  const labels = [0, 0, 0, 0];
  pairs.forEach((place, at) => (labels[place] = patterns.digits[pattern * PAIRS + at]!));
  return patternOf(labels, patterns);
}
