import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { typeOf, type Program } from "../../src/ir/program.js";
import { encodeModel } from "../../src/onnx/encode-model.js";
import { onnxOutputNames, toOnnx, toOnnxModel } from "../../src/onnx/to-onnx.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { arraysOf, programOf } from "../ops/build.js";
import { operationCases } from "../ops/cases.js";
import { trainingArrays, trainingStep } from "../support/programs.js";

const python = process.env["NEXTSCALE_PYTHON"] ?? "python3";
const script = join(import.meta.dirname, "../../../../tools/peers/check_onnx.py");

/** Whether the peers can be asked; importing them takes a second, so it is asked once. */
const hasPeers = spawnSync(python, ["-c", "import onnx, onnxruntime"]).status === 0;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nextscale-onnx-"))));
afterEach(() => rmSync(folder, { recursive: true }));

type Inputs = Readonly<Record<string, ArrayLike<number>>>;

/** JSON has no numbers for these three. */
const toJson = (values: ArrayLike<number>) => Array.from(values, (x) => (Number.isFinite(x) ? x : String(x)));

/** Writes what the script needs to check one model against the float64 reference. */
function writeCase(
  name: string,
  program: Program,
  inputs: Inputs,
  tolerance: number,
  model = toOnnx(program, { dialect: "standard" }),
) {
  const expected = evaluateProgram(program, inputs);
  const names = onnxOutputNames(program);
  writeFileSync(join(folder, `${name}.onnx`), model);
  const spec = {
    inputs: Object.fromEntries(
      program.inputs.map((input) => [
        input.name,
        { ...typeOf(program, input.value), data: toJson(inputs[input.name]!) },
      ]),
    ),
    outputs: Object.fromEntries(
      program.outputs.map((output, i) => [
        names[i],
        { ...typeOf(program, output.value), data: toJson(expected[output.name]!), tolerance },
      ]),
    ),
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(spec));
}

function check(): { status: number | null; lines: string[] } {
  const { status, stdout, stderr } = spawnSync(python, [script, folder], { encoding: "utf8" });
  return { status, lines: (stdout + stderr).trim().split("\n") };
}

test("onnx.checker and Python's onnxruntime agree with every operation and a training step", ({ skip }) => {
  if (!hasPeers) skip("needs python3 with onnx");
  operationCases.forEach((example, i) => writeCase(`case-${i}`, programOf(example), arraysOf(example), 2e-5));
  writeCase("training-step", trainingStep(), trainingArrays(), 1e-5);
  const { status, lines } = check();
  expect(lines.filter((line) => !line.startsWith("ok "))).toEqual([]);
  expect(lines.length).toBe(operationCases.length + 1);
  expect(status).toBe(0);
});

test("wrong values, wrong types and a broken graph are noticed", ({ skip }) => {
  if (!hasPeers) skip("needs python3 with onnx");
  const example = operationCases.find(({ op }) => op === "Exp")!;
  const program = programOf(example);
  const model = toOnnxModel(program, { dialect: "standard" });
  const { graph } = model;
  writeCase("a-right", program, arraysOf(example), 2e-5);
  writeCase(
    "b-values",
    program,
    arraysOf(example),
    2e-5,
    encodeModel({ ...model, graph: { ...graph, nodes: [{ ...graph.nodes[0]!, opType: "Abs" }] } }),
  );
  const wrongType = graph.outputs.map((output) => ({ ...output, dims: [7] }));
  writeCase(
    "c-type",
    program,
    arraysOf(example),
    2e-5,
    encodeModel({ ...model, graph: { ...graph, outputs: wrongType } }),
  );
  writeCase("d-graph", program, arraysOf(example), 2e-5, encodeModel({ ...model, graph: { ...graph, inputs: [] } }));
  const { status, lines } = check();
  expect(lines.map((line) => line.split(":", 1)[0])).toEqual([
    "ok a-right",
    "FAILED b-values",
    "FAILED c-type",
    "FAILED d-graph",
  ]);
  expect(status).toBe(1);
});
