import type { Attributes, Node, ValueId } from "../../ir/program.js";
import type { TensorData } from "../../ir/tensor-type.js";

/** What a pattern sees of a graph: values, and the nodes that compute them. */
export interface GraphView {
  readonly constants: ReadonlyMap<ValueId, TensorData>;
  shapeOf(value: ValueId): readonly number[];
  /** The node that computes a value; undefined for inputs and constants. */
  producer(value: ValueId): Pick<Node, "op" | "inputs" | "attributes"> | undefined;
}

/** One node that computes what a group of nodes does: its first output, or the negative of that. */
export interface FusedNode {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attributes: Attributes;
  readonly negated?: boolean;
  /** Values inside the group that the fused node makes superfluous, unless something else reads them. */
  readonly inner: readonly ValueId[];
}

/** Recognises, from its last node, a group of nodes that one operation computes. */
export interface Pattern {
  readonly ops: readonly string[];
  readonly match: (node: Pick<Node, "op" | "inputs" | "attributes">, graph: GraphView) => FusedNode | null;
}

/** Inputs of the node that computes a value, if it is an `op`. */
export function inputsOf(graph: GraphView, value: ValueId, op: string): readonly ValueId[] | null {
  const node = graph.producer(value);
  return node?.op === op ? node.inputs : null;
}

/** The number that all elements of a small constant are, or null. */
export function numberAt(graph: GraphView, value: ValueId): number | null {
  const data = graph.constants.get(value);
  if (data === undefined) {
    const spread = inputsOf(graph, value, "Expand");
    return spread === null ? null : numberAt(graph, spread[0]!);
  }
  return data.length === 1 ? data[0]! : null;
}

/** Equal up to float32 rounding. */
export function close(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-6 * Math.abs(b);
}

/** Both orders of two inputs. */
export function orders([a, b]: readonly ValueId[]): readonly (readonly [ValueId, ValueId])[] {
  return [
    [a!, b!],
    [b!, a!],
  ];
}
