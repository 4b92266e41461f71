import { GraphBuilder } from "../ir/graph-builder.js";
import { typeOf, type Node, type Program, type ValueId } from "../ir/program.js";
import { sizeOf, type TensorType } from "../ir/tensor-type.js";
import { removeDeadCode } from "../passes/dead-code.js";
import type { Division } from "./division.js";
import { divisionRules } from "./rules.js";

/** A program as a loop over tiles of the batch, with what comes before and after it. */
export interface TilePlan {
  readonly tiles: number;
  /** Nodes that run once, before the loop. */
  readonly before: readonly Node[];
  /** What runs for each tile. Its inputs are those below, under names of no meaning. */
  readonly body: Program;
  /** Values that every tile reads whole. */
  readonly shared: readonly Tied[];
  /** Values that tile t reads block t of, along an axis. */
  readonly blocks: readonly (Tied & { readonly axis: number })[];
  /** Values that are sums over the tiles of what the body computes. */
  readonly sums: readonly Tied[];
  /** Values of which the body computes block t, along an axis. */
  readonly stacked: readonly (Tied & { readonly axis: number })[];
  /** Nodes that run once, after the loop. */
  readonly after: readonly Node[];
}

/** A value of the program and the one that stands for it in the body. */
export interface Tied {
  readonly value: ValueId;
  readonly inBody: ValueId;
}

/**
 * Divides a program into `tiles` tiles along the first axis of the inputs `batch`, as far as its operations allow; the
 * rest runs before or after the loop.
 *
 * @returns null when nothing can be divided
 */
export function planTiles(program: Program, batch: readonly ValueId[], tiles: number): TilePlan | null {
  const divisions = new Map<ValueId, Division>();
  for (const { value } of program.inputs)
    divisions.set(value, batch.includes(value) ? { kind: "split", axis: 0 } : WHOLE);
  for (const value of program.constants.keys()) divisions.set(value, WHOLE);
  const planner = new Planner(program, divisions, tiles);
  for (const node of removeDeadCode(program).nodes) planner.add(node);
  return planner.finish();
}

const WHOLE: Division = { kind: "whole" };
const AFTER: Division = { kind: "after" };

class Planner {
  readonly #program: Program;
  readonly #divisions: Map<ValueId, Division>;
  readonly #tiles: number;
  readonly #body = new GraphBuilder();
  readonly #before: Node[] = [];
  readonly #after: Node[] = [];
  /** Values of the body by value of the program: computed there or read whole. */
  readonly #inBody = new Map<ValueId, ValueId>();
  readonly #shared: Tied[] = [];
  readonly #blocks = new Map<string, Tied & { axis: number }>();

  constructor(program: Program, divisions: Map<ValueId, Division>, tiles: number) {
    this.#program = program;
    this.#divisions = divisions;
    this.#tiles = tiles;
  }

  add(node: Node): void {
    const divisions = node.inputs.map((input) => this.#divisionOf(input));
    if (divisions.every(({ kind }) => kind === "whole")) return this.#run(this.#before, node, WHOLE);
    const runs =
      divisions.every(({ kind }) => kind === "whole" || kind === "split") && this.#addToBody(node, divisions);
    if (!runs) this.#run(this.#after, node, AFTER);
  }

  finish(): TilePlan | null {
    const needed = new Set([
      ...this.#after.flatMap(({ inputs }) => inputs),
      ...this.#program.outputs.map(({ value }) => value),
    ]);
    const computed = new Set(this.#body.nodes.flatMap(({ outputs }) => outputs));
    const results = [...needed].flatMap((value) => {
      const inBody = this.#inBody.get(value);
      return inBody !== undefined && computed.has(inBody) ? [{ value, inBody, division: this.#divisionOf(value) }] : [];
    });
    if (results.length === 0) return null;
    const sums = results.flatMap(({ value, inBody, division }) => (division.kind === "sum" ? [{ value, inBody }] : []));
    const stacked = results.flatMap(({ value, inBody, division }) =>
      division.kind === "split" ? [{ value, inBody, axis: division.axis }] : [],
    );
    const outputs = [...sums, ...stacked].map(({ inBody }, i) => ({ name: `result ${i}`, value: inBody }));
    return {
      tiles: this.#tiles,
      before: this.#before,
      body: this.#body.finish(outputs),
      shared: this.#shared,
      blocks: [...this.#blocks.values()],
      sums,
      stacked,
      after: this.#after,
    };
  }

  #divisionOf(value: ValueId): Division {
    return this.#divisions.get(value) as Division;
  }

  #run(where: Node[], node: Node, division: Division): void {
    where.push(node);
    for (const output of node.outputs) this.#divisions.set(output, division);
  }

  /** Adds a node to the body if its operation divides. */
  #addToBody(node: Node, divisions: readonly Division[]): boolean {
    const types = node.inputs.map((input) => typeOf(this.#program, input));
    const tiled = divisionRules.get(node.op)?.({
      op: node.op,
      inputs: types.map((type, i) => ({ type, axis: axisOf(divisions[i] as Division) })),
      outputs: node.outputs.map((output) => typeOf(this.#program, output)),
      attributes: node.attributes,
      tiles: this.#tiles,
    });
    if (tiled === null || tiled === undefined) return false;
    const divisible = tiled.read.every(
      (axis, i) => axis === null || (types[i] as TensorType).shape[axis]! % this.#tiles === 0,
    );
    if (!divisible) return false;
    const inputs = node.inputs.map((input, i) => this.#read(input, tiled.read[i] ?? null));
    const outputs = this.#body.emitAll(node.op, inputs, tiled.attributes);
    node.outputs.forEach((output, i) => {
      const division = tiled.outputs[i] as Division;
      this.#divisions.set(output, division);
      const computed = outputs[i] as ValueId;
      this.#inBody.set(output, division.kind === "sum" ? this.#body.scale(computed, division.scale) : computed);
    });
    return true;
  }

  /** The value of the body that stands for a value, or for its blocks along an axis. */
  #read(value: ValueId, axis: number | null): ValueId {
    const computed = this.#inBody.get(value);
    if (this.#divisionOf(value).kind === "split" && computed !== undefined) return computed;
    return axis === null ? this.#readWhole(value) : this.#readBlock(value, axis);
  }

  #readWhole(value: ValueId): ValueId {
    const known = this.#inBody.get(value);
    if (known !== undefined) return known;
    const type = typeOf(this.#program, value);
    const data = this.#program.constants.get(value);
    const inBody = data === undefined ? this.#body.input(`shared ${value}`, type) : this.#body.constant(type, data);
    if (data === undefined) this.#shared.push({ value, inBody });
    this.#inBody.set(value, inBody);
    return inBody;
  }

  #readBlock(value: ValueId, axis: number): ValueId {
    const key = `${value} along ${axis}`;
    const known = this.#blocks.get(key);
    if (known !== undefined) return known.inBody;
    const { dtype, shape } = typeOf(this.#program, value);
    const inBody = this.#body.input(key, { dtype, shape: shape.with(axis, shape[axis]! / this.#tiles) });
    this.#blocks.set(key, { value, inBody, axis });
    return inBody;
  }
}

function axisOf(division: Division): number | null {
  return division.kind === "split" ? division.axis : null;
}

/** Bytes of the largest value that a program computes. */
export function largestValue(program: Program): number {
  return Math.max(
    0,
    ...program.nodes.flatMap(({ outputs }) => outputs.map((value) => 4 * sizeOf(typeOf(program, value).shape))),
  );
}
