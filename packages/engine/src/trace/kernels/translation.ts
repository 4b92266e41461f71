import type * as tf from "@tensorflow/tfjs-core";
import { NextscaleError } from "../../errors.js";
import type { GraphBuilder } from "../../ir/graph-builder.js";
import type { ValueId } from "../../ir/program.js";

/** What a tfjs kernel call becomes: its inputs and attributes under tfjs' own names, in IR nodes. */
export type Translation = (
  graph: GraphBuilder,
  inputs: KernelInputs,
  attributes: KernelAttributes,
) => ValueId | readonly ValueId[];

/** Inputs of a kernel call. Variadic kernels (Concat, Pack, AddN) pass them as `0`, `1`, ... */
export class KernelInputs {
  readonly #values: ReadonlyMap<string, ValueId>;

  constructor(values: ReadonlyMap<string, ValueId>) {
    this.#values = values;
  }

  get(name: string): ValueId {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`internal: kernel input ${name} is missing`);
    return value;
  }

  optional(name: string): ValueId | undefined {
    return this.#values.get(name);
  }

  all(): readonly ValueId[] {
    return [...this.#values.values()];
  }
}

/** Attributes of a kernel call, as tfjs passes them. */
export class KernelAttributes {
  readonly #attributes: tf.NamedAttrMap;

  constructor(attributes: tf.NamedAttrMap) {
    this.#attributes = attributes;
  }

  number(name: string): number {
    return this.#attributes[name] as number;
  }

  numbers(name: string): readonly number[] {
    return this.#attributes[name] as number[];
  }

  flag(name: string): boolean {
    return Boolean(this.#attributes[name]);
  }

  text(name: string): string {
    return this.#attributes[name] as string;
  }

  get(name: string): unknown {
    return this.#attributes[name];
  }

  /** Reduction axes, sorted and non-negative; absent means all. */
  axes(name: string, rank: number): readonly number[] {
    const given = this.#attributes[name] as number | number[] | null | undefined;
    if (given === undefined || given === null) return Array.from({ length: rank }, (_, i) => i);
    const list = typeof given === "number" ? [given] : given;
    return list.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  }

  /** One axis, non-negative. */
  axis(name: string, rank: number): number {
    const given = this.number(name);
    return given < 0 ? given + rank : given;
  }
}

/** The error for a form of a kernel that has no translation. */
export function unsupported(kernel: string, what: string, fix: string): NextscaleError {
  return new NextscaleError({ code: "unsupported-kernel", where: "engine/trace", expected: what, got: kernel, fix });
}
