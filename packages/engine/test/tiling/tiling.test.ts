import fc from "fast-check";
import { expect, test } from "vitest";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import { typeOf, type Program, type ValueId } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { inversePermutation } from "../../src/ops/shape.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { chooseTiles } from "../../src/tiling/choose.js";
import { planTiles, type TilePlan } from "../../src/tiling/plan.js";
import { divisionRules } from "../../src/tiling/rules.js";
import { f32 } from "../../src/trace/signature.js";
import { operationCases, type CaseInput, type OperationCase } from "../ops/cases.js";
import { randomProgram } from "../passes/random-programs.js";
import { programOf, randomInputs } from "../passes/support.js";
import { evaluateTiles } from "./evaluate-tiles.js";

/** Largest difference between a program as it is and as a plan runs it, relative to 1 + the largest output. */
function difference(program: Program, plan: TilePlan, inputs: Record<string, Float64Array>): number {
  const [expected, actual] = [evaluateProgram(program, inputs), evaluateTiles(program, plan, inputs)];
  return Math.max(
    ...Object.keys(expected).map((name) => {
      const scale = 1 + expected[name]!.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
      return (
        expected[name]!.reduce(
          (worst, x, i) => Math.max(worst, Object.is(x, actual[name]![i]) ? 0 : Math.abs(x - actual[name]![i]!)),
          0,
        ) / scale
      );
    }),
  );
}

/** An example whose inputs may be given with one axis in front, since programs are divided along first axes. */
function movedInput(
  g: GraphBuilder,
  input: CaseInput,
  name: string,
  axis: number | null,
): { value: ValueId; data: Float64Array; given: ValueId } {
  const { dtype, shape } = input.type;
  if (axis === null) {
    const given = g.input(name, input.type);
    return { value: given, given, data: input.values };
  }
  const perm = [axis, ...shape.keys()].filter((at, i) => i === 0 || at !== axis);
  const back = inversePermutation(perm);
  const given = g.input(name, { dtype, shape: perm.map((at) => shape[at]!) });
  const [strides, data] = [shape.map((_, i) => sizeOf(shape.slice(i + 1))), new Float64Array(input.values.length)];
  input.values.forEach((x, flat) => {
    const index = strides.map((stride, i) => Math.floor(flat / stride) % shape[i]!);
    data[perm.reduce((at, from) => at * shape[from]! + index[from]!, 0)] = x;
  });
  return { value: g.transpose(given, back), given, data };
}

/** All ways to divide one input, or two inputs at once, of an example along axes of one extent. */
function waysToDivide({ inputs }: OperationCase): readonly (readonly (number | null)[])[] {
  const single = inputs.flatMap(({ type }, i) =>
    type.shape.flatMap((extent, axis) => (extent > 1 ? [{ i, axis, extent }] : [])),
  );
  const pairs = single.flatMap((a) => single.filter((b) => b.i > a.i && b.extent === a.extent).map((b) => [a, b]));
  return [...single.map((a) => [a]), ...pairs].map((chosen) =>
    inputs.map((_, i) => chosen.find((choice) => choice.i === i)?.axis ?? null),
  );
}

const exercised = new Set<string>();

function checkExample(example: OperationCase): void {
  for (const axes of waysToDivide(example)) {
    const g = new GraphBuilder();
    const moved = example.inputs.map((input, i) => movedInput(g, input, `x${i}`, axes[i]!));
    const outputs = g.emitAll(
      example.op,
      moved.map(({ value }) => value),
      example.attributes,
    );
    const program = g.finish(outputs.map((value, i) => ({ name: `y${i}`, value })));
    const chosen = axes.flatMap((axis, i) =>
      axis === null ? [] : [{ extent: example.inputs[i]!.type.shape[axis]!, value: moved[i]!.given }],
    );
    const plan = planTiles(
      program,
      chosen.map(({ value }) => value),
      chosen[0]!.extent,
    );
    if (plan === null) continue;
    if (plan.body.nodes.some(({ op }) => op === example.op)) exercised.add(example.op);
    expect(
      difference(program, plan, Object.fromEntries(moved.map(({ data }, i) => [`x${i}`, data]))),
      JSON.stringify(axes),
    ).toBeLessThan(1e-7);
  }
}

test.each(operationCases)("in tiles: $name", (example) => {
  checkExample(example);
});

test("every rule was exercised", () => {
  expect([...divisionRules.keys()].filter((op) => !exercised.has(op)).sort()).toEqual([]);
});

test("random programs compute the same in tiles", () => {
  fc.assert(
    fc.property(randomProgram, (program) => {
      const batch = program.inputs.flatMap(({ name, value }) => (name === "a" || name === "c" ? [value] : []));
      const plan = planTiles(program, batch, 2);
      fc.pre(plan !== null);
      const inputs = randomInputs(program);
      fc.pre(Object.values(evaluateProgram(program, inputs)).every((output) => output.every(Number.isFinite)));
      expect(difference(program, plan, inputs)).toBeLessThan(1e-6);
    }),
    { numRuns: 300, seed: 4 },
  );
});

/** loss = mean((x w1 w2)^2), its gradients by hand, and a step: as a training program is built. */
function trainingStep(rows: number, width: number): Program {
  return programOf((g) => {
    const [x, w] = [g.input("x", f32(rows, width)), g.input("w", f32(width, width))];
    const y = g.matMul(x, w);
    const loss = g.mean(g.emit("Square", [y]), [0, 1]);
    const dw = g.matMul(x, g.scale(y, 2 / (rows * width)), true);
    return { loss, w: g.sub(w, g.mul(dw, g.emit("Rsqrt", [g.sum(g.emit("Square", [dw]), [0, 1])]))) };
  });
}

test("a training step becomes a loop that sums loss and gradient; the update comes after", () => {
  const program = trainingStep(8, 3);
  const plan = planTiles(program, [program.inputs[0]!.value], 4)!;
  expect(plan.sums.map(({ value }) => typeOf(program, value).shape)).toEqual([[3, 3], []]);
  expect(plan.stacked).toEqual([]);
  expect(plan.body.nodes.map(({ op }) => op)).toEqual(["MatMul", "Square", "Mean", "Mul", "Mul", "MatMul"]);
  expect(plan.after.map(({ op }) => op)).toEqual(["Square", "Sum", "Rsqrt", "Mul", "Sub"]);
  expect(difference(program, plan, randomInputs(program))).toBeLessThan(1e-7);
});

test("values that do not fit the cache are divided until they do, others are not", () => {
  const [small, large] = [trainingStep(1024, 64), trainingStep(65536, 64)];
  const inputs = (program: Program) => [program.inputs[0]!.value];
  expect(chooseTiles(small, inputs(small))).toBeNull();
  expect(chooseTiles(large, inputs(large))?.tiles).toBe(4);
  expect(chooseTiles(large, [])).toBeNull();
});

test("a program most of whose work does not divide is left as it is", () => {
  const program = programOf((g) => {
    const x = g.input("x", f32(4096, 512));
    return { y: g.matMul(x, x, false, true) };
  });
  const covariance = programOf((g) => {
    const x = g.input("x", f32(4096, 512));
    const gram = g.matMul(x, x, true);
    return { y: g.matMul(g.matMul(gram, gram), gram), z: g.matMul(x, gram) };
  });
  expect(chooseTiles(covariance, [covariance.inputs[0]!.value])).toBeNull();
  expect(chooseTiles(program, [program.inputs[0]!.value])).toBeNull();
});

test("negative control: a plan that forgets a tile is found", () => {
  const program = trainingStep(8, 3);
  const plan = planTiles(program, [program.inputs[0]!.value], 4)!;
  expect(difference(program, { ...plan, tiles: 3 }, randomInputs(program))).toBeGreaterThan(1e-3);
});
