import { NextscaleError } from "../errors.js";
import { checkedData } from "../ir/check-data.js";
import type { Program, ValueId } from "../ir/program.js";
import { typeOf } from "../ir/program.js";
import type { NamedArrays } from "../ir/tensor-type.js";
import type { TilePlan } from "../tiling/plan.js";
import { encodeModel } from "./encode-model.js";
import { lowerNodes, nameOf, usedValues } from "./lower-nodes.js";
import { lowerTiles } from "./lower-tiles.js";
import { MICROSOFT_DOMAIN, ModelEmitter } from "./model-emitter.js";
import type { OnnxModel, OnnxNode, OnnxValueInfo } from "./model.js";
import { renameIn } from "./rename.js";

/** Opset 20 (ONNX 1.15, 2023) is the first with `Gelu`; IR version 9 is what that release writes. */
const OPSET = 20;
const IR_VERSION = 9;
const MICROSOFT_OPSET = 1;

/** Prefix of an output whose name is also that of an input: a training step returns `params/w` for `params/w`. */
const NEXT = "next/";

/** How a program becomes an ONNX model. */
export interface OnnxOptions {
  /**
   * `standard`: any ONNX tool opens it; `onnxruntime`: may use fused operators that only ONNX Runtime has. Default
   * `standard`.
   */
  readonly dialect?: "standard" | "onnxruntime";
  /** Values of inputs that become initialisers (weights) and are then no inputs of the model. */
  readonly constants?: NamedArrays;
  /** Key-value pairs to store beside the graph. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The program as the bytes of an `.onnx` file, opset 20.
 *
 * Inputs and outputs keep their names, but an output that shares its name with an input (state that a step carries
 * over) is called `next/<name>`, since names are unique in ONNX: see {@link onnxOutputNames}.
 *
 * @throws NextscaleError `invalid-argument` for a constant that is no input, `shape` for one of the wrong kind or size
 */
export function toOnnx(program: Program, options: OnnxOptions = {}): Uint8Array {
  return encodeModel(toOnnxModel(program, options));
}

/** Name in the ONNX file of each program output, in order. */
export function onnxOutputNames(program: Program): readonly string[] {
  const taken = new Set(program.inputs.map(({ name }) => name));
  return program.outputs.map(({ name }) => {
    let unique = name;
    while (taken.has(unique)) unique = NEXT + unique;
    taken.add(unique);
    return unique;
  });
}

/**
 * What {@link toOnnx} writes, as data.
 *
 * @param tiles a plan for this very program, to run it as a loop over tiles of the batch
 */
export function toOnnxModel(program: Program, options: OnnxOptions = {}, tiles: TilePlan | null = null): OnnxModel {
  const { dialect = "standard" } = options;
  const outputNames = onnxOutputNames(program);
  const emitter = new ModelEmitter(dialect, new Set([...program.inputs.map(({ name }) => name), ...outputNames]));
  const names = new Map<ValueId, string>();
  const inputs: OnnxValueInfo[] = [];
  const constants = options.constants ?? {};
  checkConstants(program, constants);
  for (const { name, value } of program.inputs) {
    names.set(value, name);
    const data = constants[name];
    if (data === undefined) inputs.push(valueInfo(program, name, value));
    else emitter.namedConstant(name, typeOf(program, value), data);
  }
  if (tiles === null) lowerNodes(program, program.nodes, usedValues(program), emitter, names);
  else lowerTiles(program, tiles, emitter, names);
  for (const { value } of program.outputs) nameOf(program, value, emitter, names);
  const nodes = nameOutputs(program, outputNames, emitter, names);
  return {
    irVersion: IR_VERSION,
    producerName: "nextscale",
    opsets: {
      "": OPSET,
      ...(nodes.some(usesMicrosoft) ? { [MICROSOFT_DOMAIN]: MICROSOFT_OPSET } : {}),
    },
    metadata: options.metadata ?? {},
    graph: {
      name: "nextscale",
      nodes,
      initialisers: emitter.initialisers,
      inputs,
      outputs: program.outputs.map(({ value }, i) => valueInfo(program, outputNames[i] as string, value)),
      valueInfo: dialect === "standard" ? intermediateTypes(program, names, nodes, new Set(outputNames)) : [],
    },
  };
}

/** Renames emitted values to output names; an output that is an input, a constant or a second name is copied. */
function nameOutputs(
  program: Program,
  outputNames: readonly string[],
  emitter: ModelEmitter,
  names: Map<ValueId, string>,
): readonly OnnxNode[] {
  const emitted = new Set(emitter.nodeList.flatMap(({ outputs }) => outputs));
  const renamed = new Map<string, string>();
  const copies: OnnxNode[] = [];
  program.outputs.forEach(({ value }, i) => {
    const from = names.get(value) as string;
    const to = outputNames[i] as string;
    if (emitted.has(from) && !renamed.has(from)) renamed.set(from, to);
    else copies.push({ opType: "Identity", domain: "", inputs: [from], outputs: [to], attributes: {} });
  });
  const rename = (name: string) => renamed.get(name) ?? name;
  for (const [value, name] of names) names.set(value, rename(name));
  return [...emitter.nodeList, ...copies].map((node) => renameIn(node, rename));
}

function usesMicrosoft({ domain, attributes }: OnnxNode): boolean {
  const inside = Object.values(attributes).some(
    (attribute) => "graph" in attribute && attribute.graph.nodes.some(usesMicrosoft),
  );
  return inside || domain === MICROSOFT_DOMAIN;
}

/** Types of the values between inputs and outputs that kept a value of the program. */
function intermediateTypes(
  program: Program,
  names: ReadonlyMap<ValueId, string>,
  nodes: readonly OnnxNode[],
  outputNames: ReadonlySet<string>,
): readonly OnnxValueInfo[] {
  const defined = new Set(nodes.flatMap(({ outputs }) => outputs).filter((name) => !outputNames.has(name)));
  const infos = new Map<string, OnnxValueInfo>();
  for (const [value, name] of names) if (defined.has(name)) infos.set(name, valueInfo(program, name, value));
  return [...infos.values()];
}

function valueInfo(program: Program, name: string, value: ValueId): OnnxValueInfo {
  const { dtype, shape } = typeOf(program, value);
  return { name, type: dtype, dims: shape };
}

function checkConstants(program: Program, constants: NamedArrays): void {
  for (const [name, data] of Object.entries(constants)) {
    const input = program.inputs.find((candidate) => candidate.name === name);
    if (input === undefined) {
      throw new NextscaleError({
        code: "invalid-argument",
        where: "engine/onnx",
        expected: `constants among the inputs ${program.inputs.map((candidate) => candidate.name).join(", ")}`,
        got: name,
      });
    }
    checkedData("engine/onnx", { name, type: typeOf(program, input.value) }, data);
  }
}
