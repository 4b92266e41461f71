import { randomStream, uniforms } from "@nextscale/refinement-core";
import type { Graph } from "../../src/index.js";
import { PAIRS, type Candidates } from "../../src/pyramid/candidates.js";
import { patternOf, type Patterns } from "../../src/pyramid/patterns.js";
import type { Codes, Known } from "../../src/pyramid/codes.js";
import type { Task } from "../../src/refiner/inputs.js";
import { encodeGraph, type Coding } from "../../src/codes/encode-graph.js";
import { trainingTask } from "../../src/training/training-task.js";

/** A level of a graph, some of whose codes are hidden. */
export function taskOf(graph: Graph, { coding }: { readonly coding: Coding }, item: number): Task {
  const levels = encodeGraph(graph, coding, { stream: randomStream(1, "test/keys"), item });
  const [at = 0] = uniforms(randomStream(1, "test/levels"), { items: { first: item, count: 1 }, draws: 1 });
  const scale = Math.floor(at * levels.length);
  return trainingTask(levels[scale]!, coding.config, { stream: randomStream(1, "test/hidden"), item, scale }).task;
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
    // The first node of a pair is of the one side: see `Groups`.
    const turned = to.pairs[1] === 2 ? 1 : 0;
    for (const end of [0, 1]) {
      const node = groups.pairs[2 * at + (end ^ turned)]!;
      pairs[2 * place + end] = node < 0 ? -1 : to.nodes[node]!;
    }
  }
  const moved: Candidates = {
    ...candidates,
    parents: nodes(candidates.parents),
    slots: nodes(candidates.slots),
    mass: nodes(candidates.mass),
    formulas: nodes(candidates.formulas),
    groups: { ...groups, pairs, forms: perGroup(groups.forms) },
  };
  const swapped = (codes: Int32Array) => codes.map((code) => swappedPattern(code, to.pairs, patterns));
  const movedCodes: Codes = {
    splits: nodes(codes.splits),
    patterns: perGroup(swapped(codes.patterns)),
  };
  const movedKnown: Known = {
    splits: nodes(known.splits),
    patterns: perGroup(known.patterns),
  };
  return { candidates: moved, codes: movedCodes, known: movedKnown };
}

/** The pattern whose pairs have changed places. */
export function swappedPattern(pattern: number, pairs: readonly number[], patterns: Patterns): number {
  const labels = [0, 0, 0, 0];
  pairs.forEach((place, at) => (labels[place] = patterns.digits[pattern * PAIRS + at]!));
  return patternOf(labels);
}
