import { GraphBuilder } from "../ir/graph-builder.js";
import type { Attributes, Node, Program, ValueId } from "../ir/program.js";
import type { TensorData, TensorType } from "../ir/tensor-type.js";
import { constantKey, nodeKey, sameData } from "./structure.js";

/**
 * A local rewriting: looks at one node about to be added to a graph and may answer with other values for its outputs, of
 * the same types, which it builds through the graph. Null leaves the node as it is.
 */
export interface Rule {
  /** Operations of the nodes it looks at. */
  readonly ops: readonly string[];
  readonly apply: (node: CandidateNode, graph: RewritingGraph) => readonly ValueId[] | ValueId | null;
}

/** A node that is not in the graph yet; its inputs are. */
export interface CandidateNode {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attributes: Attributes;
}

/** Rules may build nodes that rules apply to; this deep and no deeper, so that two rules in a circle come to an end. */
const DEEPEST = 24;

/**
 * A graph that rewrites whatever is added to it: rules are tried first, and a node that is already there is not added
 * again. Rules see the part of the program before their node, rewritten, and how often each of its values is used.
 */
export class RewritingGraph extends GraphBuilder {
  readonly #rules: ReadonlyMap<string, readonly Rule[]>;
  readonly #producers = new Map<ValueId, Node>();
  readonly #readers = new Map<ValueId, number>();
  readonly #nodesByKey = new Map<string, readonly ValueId[]>();
  readonly #constantsByKey = new Map<string, ValueId[]>();
  #depth = 0;
  /** How many times a rule or the sharing of equal nodes changed something. */
  rewrites = 0;

  constructor(rules: readonly Rule[]) {
    super();
    this.#rules = byOperation(rules);
  }

  override emitAll(op: string, inputs: readonly ValueId[], attributes: Attributes = {}): readonly ValueId[] {
    const rewritten = this.#rewrite({ op, inputs, attributes });
    if (rewritten !== null) return rewritten;
    const key = nodeKey(op, inputs, attributes);
    const known = this.#nodesByKey.get(key);
    if (known !== undefined) {
      if (this.#depth === 0) this.rewrites++;
      return known;
    }
    const outputs = super.emitAll(op, inputs, attributes);
    const node = this.nodes[this.nodes.length - 1] as Node;
    for (const output of outputs) this.#producers.set(output, node);
    this.#nodesByKey.set(key, outputs);
    return outputs;
  }

  override constant(type: TensorType, data: TensorData): ValueId {
    const key = constantKey(type, data);
    const similar = this.#constantsByKey.get(key) ?? [];
    const known = similar.find((value) => sameData(this.constants.get(value) as TensorData, data));
    if (known !== undefined) return known;
    const value = super.constant(type, data);
    this.#constantsByKey.set(key, [...similar, value]);
    return value;
  }

  /** The node that computes a value; undefined for inputs and constants. */
  producer(value: ValueId): Node | undefined {
    return this.#producers.get(value);
  }

  /** The node that computes a value if it is an `op`. */
  producedBy(value: ValueId, op: string): Node | undefined {
    const node = this.#producers.get(value);
    return node?.op === op ? node : undefined;
  }

  /** Outputs of a node that is already in the graph. */
  find(op: string, inputs: readonly ValueId[], attributes: Attributes = {}): readonly ValueId[] | undefined {
    return this.#nodesByKey.get(nodeKey(op, inputs, attributes));
  }

  /** How many nodes and outputs of the original program read a value; 1 for values that rules have just made. */
  readers(value: ValueId): number {
    return this.#readers.get(value) ?? 1;
  }

  /** Whether nothing reads a value but the node at hand: then what computes it goes away when the node does. */
  usedOnce(value: ValueId): boolean {
    return this.readers(value) <= 1;
  }

  /** Notes that `count` nodes and outputs of the original program read `value`. */
  addReaders(value: ValueId, count: number): void {
    this.#readers.set(value, (this.#readers.get(value) ?? 0) + count);
  }

  #rewrite(node: CandidateNode): readonly ValueId[] | null {
    const rules = this.#rules.get(node.op);
    if (rules === undefined || this.#depth >= DEEPEST) return null;
    this.#depth++;
    try {
      for (const rule of rules) {
        const result = rule.apply(node, this);
        if (result === null) continue;
        this.rewrites++;
        return typeof result === "number" ? [result] : result;
      }
      return null;
    } finally {
      this.#depth--;
    }
  }
}

/**
 * Builds a program anew, node by node, through rules. Equal nodes and equal constants become one.
 *
 * @returns the new program, or the very same one when nothing changed
 */
export function sweep(program: Program, rules: readonly Rule[]): Program {
  const graph = new RewritingGraph(rules);
  const values = new Map<ValueId, ValueId>();
  const readers = countReaders(program);
  const define = (old: ValueId, value: ValueId) => {
    values.set(old, value);
    graph.addReaders(value, readers.get(old) ?? 0);
  };
  for (const { name, value } of program.inputs)
    define(value, graph.input(name, program.types.get(value) as TensorType));
  for (const [value, data] of program.constants)
    define(value, graph.constant(program.types.get(value) as TensorType, data));
  for (const node of program.nodes) {
    const outputs = graph.emitAll(
      node.op,
      node.inputs.map((value) => values.get(value) as ValueId),
      node.attributes,
    );
    node.outputs.forEach((old, i) => {
      const value = outputs[i] as ValueId;
      checkType(node, program.types.get(old) as TensorType, graph.typeOf(value));
      define(old, value);
    });
  }
  const merged = graph.constants.size < program.constants.size;
  if (graph.rewrites === 0 && !merged) return program;
  return graph.finish(program.outputs.map(({ name, value }) => ({ name, value: values.get(value) as ValueId })));
}

/** A node that reads a value twice counts once. */
function countReaders(program: Program): ReadonlyMap<ValueId, number> {
  const readers = new Map<ValueId, number>();
  const count = (value: ValueId) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const node of program.nodes) {
    node.inputs.forEach((value, i) => {
      if (node.inputs.indexOf(value) === i) count(value);
    });
  }
  for (const { value } of program.outputs) count(value);
  return readers;
}

function byOperation(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const table = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const op of rule.ops) {
      const list = table.get(op);
      if (list === undefined) table.set(op, [rule]);
      else list.push(rule);
    }
  }
  return table;
}

function checkType(node: Node, expected: TensorType, actual: TensorType): void {
  const same = actual.dtype === expected.dtype && actual.shape.length === expected.shape.length;
  if (!same || actual.shape.some((extent, i) => extent !== expected.shape[i])) {
    throw new Error(`internal: a rule for ${node.op} changed the type of its output`);
  }
}
