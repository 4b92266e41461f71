import { typeOf, type Node, type Program, type ValueId } from "../../src/ir/program.js";
import { sizeOf, type TensorType } from "../../src/ir/tensor-type.js";
import type { ReferenceTensor } from "../../src/ops/operation.js";
import { operation } from "../../src/ops/index.js";
import { pick, zeros } from "../../src/ops/reference.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import type { TilePlan } from "../../src/tiling/plan.js";

type Values = Map<ValueId, ReferenceTensor>;

/** What a program gives when it runs as a plan says, in float64. */
export function evaluateTiles(
  program: Program,
  plan: TilePlan,
  inputs: Record<string, Float64Array>,
): Record<string, Float64Array> {
  const values: Values = new Map();
  for (const { name, value } of program.inputs)
    values.set(value, { type: typeOf(program, value), data: inputs[name]! });
  for (const [value, data] of program.constants)
    values.set(value, { type: typeOf(program, value), data: Float64Array.from(data) });
  run(plan.before, values);
  loop(program, plan, values);
  run(plan.after, values);
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, values.get(value)!.data]));
}

function run(nodes: readonly Node[], values: Values): void {
  for (const { op, inputs, attributes, outputs } of nodes) {
    const results = operation(op).evaluate(
      inputs.map((value) => values.get(value)!),
      attributes,
    );
    outputs.forEach((value, i) => values.set(value, results[i]!));
  }
}

function loop(program: Program, { tiles, body, shared, blocks, sums, stacked }: TilePlan, values: Values): void {
  const nameOf = new Map(body.inputs.map(({ name, value }) => [value, name]));
  for (const { value } of [...sums, ...stacked]) values.set(value, zeros(typeOf(program, value)));
  for (let tile = 0; tile < tiles; tile++) {
    const results = evaluateProgram(body, {
      ...Object.fromEntries(shared.map(({ value, inBody }) => [nameOf.get(inBody)!, values.get(value)!.data])),
      ...Object.fromEntries(
        blocks.map(({ value, inBody, axis }) => [
          nameOf.get(inBody)!,
          block(values.get(value)!, typeOf(body, inBody), axis, tile).data,
        ]),
      ),
    });
    sums.forEach(({ value }, i) => results[`result ${i}`]!.forEach((x, k) => (values.get(value)!.data[k]! += x)));
    stacked.forEach(({ value, inBody, axis }, i) => {
      const data = results[`result ${sums.length + i}`]!;
      place({ type: typeOf(body, inBody), data }, values.get(value)!, axis, tile);
    });
  }
}

function block(x: ReferenceTensor, type: TensorType, axis: number, tile: number): ReferenceTensor {
  return pick(type, x, (index) => index.map((at, i) => (i === axis ? at + tile * type.shape[axis]! : at)));
}

function place(part: ReferenceTensor, whole: ReferenceTensor, axis: number, tile: number): void {
  const inner = sizeOf(part.type.shape.slice(axis));
  const innerWhole = sizeOf(whole.type.shape.slice(axis));
  part.data.forEach((x, k) => (whole.data[Math.floor(k / inner) * innerWhole + tile * inner + (k % inner)] = x));
}
