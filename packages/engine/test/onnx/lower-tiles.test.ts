import fc from "fast-check";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { typeOf, type Program } from "../../src/ir/program.js";
import { allocate, type TensorData } from "../../src/ir/tensor-type.js";
import { decodeModel } from "./decode-model.js";
import { encodeModel } from "../../src/onnx/encode-model.js";
import { onnxOutputNames, toOnnxModel } from "../../src/onnx/to-onnx.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { planTiles, type TilePlan } from "../../src/tiling/plan.js";
import { f32, i32 } from "../../src/trace/signature.js";
import { randomProgram } from "../passes/random-programs.js";
import { programOf, randomInputs } from "../passes/support.js";

async function runTiled(
  program: Program,
  tiles: TilePlan,
  inputs: Record<string, Float64Array>,
): Promise<TensorData[]> {
  const session = await ort.InferenceSession.create(
    encodeModel(toOnnxModel(program, { dialect: "onnxruntime" }, tiles)),
    {
      logSeverityLevel: 4,
    },
  );
  const feeds = program.inputs.map(({ name, value }) => {
    const type = typeOf(program, value);
    const data = allocate(type);
    data.set(inputs[name]!);
    return [name, new ort.Tensor(type.dtype, data as never, type.shape)] as const;
  });
  const results = await session.run(Object.fromEntries(feeds));
  const outputs = onnxOutputNames(program).map((name) => (results[name] as ort.Tensor).data as TensorData);
  await session.release();
  return outputs;
}

async function check(program: Program, tiles: TilePlan): Promise<void> {
  const inputs = randomInputs(program);
  const expected = evaluateProgram(program, inputs);
  const actual = await runTiled(program, tiles, inputs);
  program.outputs.forEach(({ name }, i) => {
    const scale = 1 + expected[name]!.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
    expected[name]!.forEach((x, k) => expect(Math.abs(actual[i]![k]! - x) / scale, `${name}[${k}]`).toBeLessThan(1e-4));
  });
}

test("sums, accumulated products, and results stacked along any axis", async () => {
  const program = programOf((g) => {
    const [x, w] = [g.input("x", f32(6, 4)), g.input("w", f32(4, 5))];
    const half = g.scale(w, 0.5);
    const y = g.emit("Tanh", [g.matMul(x, half)]);
    return {
      half,
      rows: y,
      columns: g.transpose(y, [1, 0]),
      total: g.sum(y, [0, 1]),
      gradient: g.matMul(x, y, true),
      both: g.mul(g.sum(y, [0]), g.scalar(2)),
      x,
    };
  });
  const plan = planTiles(program, [program.inputs[0]!.value], 3)!;
  expect(plan.stacked.map(({ axis }) => axis).sort()).toEqual([0, 1]);
  expect(plan.sums).toHaveLength(3);
  const { nodes } = toOnnxModel(program, { dialect: "onnxruntime" }, plan).graph;
  const scan = nodes.find(({ opType }) => opType === "Scan")!;
  const body = scan.attributes["body"] as {
    readonly graph: { readonly nodes: readonly { readonly opType: string }[] };
  };
  expect(body.graph.nodes.map(({ opType }) => opType)).toContain("Gemm");
  await check(program, plan);
});

test("sums of integers and results that are bools", async () => {
  const program = programOf((g) => {
    const ids = g.input("ids", i32(6, 4));
    return {
      total: g.sum(ids, [0, 1]),
      columns: g.sum(ids, [0]),
      large: g.emit("Greater", [ids, g.scalar(1, "int32")]),
    };
  });
  const plan = planTiles(program, [program.inputs[0]!.value], 3)!;
  expect(plan.sums).toHaveLength(2);
  await check(program, plan);
});

test("random programs run in tiles", async () => {
  const programs = fc.sample(randomProgram, { numRuns: 150, seed: 5 }).flatMap((program) => {
    const batch = program.inputs.flatMap(({ name, value }) => (name === "a" || name === "c" ? [value] : []));
    const plan = planTiles(program, batch, 2);
    const outputs = Object.values(evaluateProgram(program, randomInputs(program)));
    const modest = outputs.every((output) => output.every((x) => Math.abs(x) < 100));
    return plan !== null && modest && !hasFragileOperation(program) ? [{ program, plan }] : [];
  });
  expect(programs.length).toBeGreaterThan(20);
  for (const { program, plan } of programs) await check(program, plan);
});

/** Comparisons turn a rounding difference into a difference of one. */
function hasFragileOperation(program: Program): boolean {
  return program.nodes.some(({ op }) => op === "Greater" || op === "Less");
}

test("a model with a graph inside a graph reads back as written", () => {
  const program = programOf((g) => ({ y: g.emit("Exp", [g.input("x", f32(4, 2))]) }));
  const plan = planTiles(program, [program.inputs[0]!.value], 2)!;
  const model = toOnnxModel(program, { dialect: "onnxruntime" }, plan);
  expect(decodeModel(encodeModel(model))).toEqual(model);
});
