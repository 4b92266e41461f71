import type { TensorData, TensorType } from "./tensor-type.js";

/** Identifies a value inside one program: `%3` in print. */
export type ValueId = number;

/** Static attributes of a node: plain data, so that two nodes can be compared and a program printed. */
export type Attributes = Readonly<Record<string, number | string | boolean | readonly number[]>>;

/** One operation: reads `inputs`, defines `outputs`. Pure; `op` is a key of the operation table (`../ops/index.ts`). */
export interface Node {
  readonly op: string;
  readonly inputs: readonly ValueId[];
  readonly attributes: Attributes;
  readonly outputs: readonly ValueId[];
}

/** A program input or output by name, such as `params/head/weight`. */
export interface NamedValue {
  readonly name: string;
  readonly value: ValueId;
}

/**
 * A traced computation: static single assignment, in execution order, immutable, free of side effects and of
 * randomness (noise is an input).
 */
export interface Program {
  readonly inputs: readonly NamedValue[];
  readonly outputs: readonly NamedValue[];
  /** Values known when the program was made. */
  readonly constants: ReadonlyMap<ValueId, TensorData>;
  /** Topologically ordered: a node comes after the nodes that define its inputs. */
  readonly nodes: readonly Node[];
  /** Shape and dtype of every value: inputs, constants and node outputs. */
  readonly types: ReadonlyMap<ValueId, TensorType>;
}

/** Type of a value. */
export function typeOf(program: Pick<Program, "types">, value: ValueId): TensorType {
  const type = program.types.get(value);
  if (type === undefined) throw new Error(`internal: value %${value} has no type`);
  return type;
}
