import { typeOf, type Node, type Program, type ValueId } from "../ir/program.js";
import { allocate } from "../ir/tensor-type.js";
import { gemmAttributes } from "../ops/matmul.js";
import type { TilePlan } from "../tiling/plan.js";
import { lowerNodes, nameOf, usedValues } from "./lower-nodes.js";
import type { OnnxGraph, OnnxValueInfo } from "./model.js";
import { ModelEmitter } from "./model-emitter.js";

/** Names inside the body start so; the rest of the model's names do not. */
const BODY = "tile";

/**
 * Emits a program as a loop over tiles: a Scan, whose body reads blocks of the batch without copying, carries sums from tile
 * to tile, and reads everything else from the graph around it.
 */
export function lowerTiles(program: Program, plan: TilePlan, emitter: ModelEmitter, names: Map<ValueId, string>): void {
  const used = usedValues(program);
  lowerNodes(program, plan.before, used, emitter, names);
  const outer = (value: ValueId) => nameOf(program, value, emitter, names);

  const start = plan.sums.map(({ value }) => {
    const { dtype, shape } = typeOf(program, value);
    const zero = { dtype, shape: [] };
    return emitter.node("Expand", [emitter.constant(zero, allocate(zero)), emitter.int64s(shape)]);
  });
  const blocks = plan.blocks.map(({ value, axis }) => {
    const { shape } = typeOf(program, value);
    const divided = [...shape.slice(0, axis), plan.tiles, shape[axis]! / plan.tiles, ...shape.slice(axis + 1)];
    return emitter.node("Reshape", [outer(value), emitter.int64s(divided)]);
  });
  const body = lowerBody(
    plan,
    emitter.dialect,
    new Map(plan.shared.map(({ value, inBody }) => [inBody, outer(value)])),
  );
  const results = emitter.nodes(
    "Scan",
    [...start, ...blocks],
    plan.sums.length + plan.stacked.length,
    {
      num_scan_inputs: { int: plan.blocks.length },
      scan_input_axes: { ints: plan.blocks.map(({ axis }) => axis) },
      ...(plan.stacked.length === 0 ? {} : { scan_output_axes: { ints: plan.stacked.map(({ axis }) => axis) } }),
    },
    "",
    { body },
  );

  plan.sums.forEach(({ value }, i) => names.set(value, results[i] as string));
  plan.stacked.forEach(({ value }, i) => {
    const stack = results[plan.sums.length + i] as string;
    names.set(value, emitter.node("Reshape", [stack, emitter.int64s(typeOf(program, value).shape)]));
  });
  lowerNodes(program, plan.after, used, emitter, names);
}

/** One tile's work: inputs are the sums so far and the blocks, outputs the sums from here on and the stacked results. */
function lowerBody(
  { body, blocks, sums, stacked }: TilePlan,
  dialect: ModelEmitter["dialect"],
  shared: Map<ValueId, string>,
): OnnxGraph {
  const emitter = new ModelEmitter(dialect, new Set(), BODY);
  const names = shared;
  const sumNames = sums.map((_, i) => `${BODY}/sum/${i}`);
  blocks.forEach(({ inBody }, i) => names.set(inBody, `${BODY}/block/${i}`));
  const accumulating = accumulatingProducts(body, new Set(sums.map(({ inBody }) => inBody)));
  const others = body.nodes.filter((node) => !accumulating.has(node.outputs[0]!));
  lowerNodes(body, others, usedValues(body), emitter, names);
  const name = (value: ValueId) => nameOf(body, value, emitter, names);
  const added = sums.map(({ inBody }, i) => {
    const product = accumulating.get(inBody);
    if (product === undefined) return emitter.node("Add", [sumNames[i]!, name(inBody)]);
    return emitter.node("Gemm", [...product.inputs.map(name), sumNames[i]!], gemmAttributes(product.attributes));
  });
  // A graph may not name one value as two outputs.
  const results = stacked.map(({ inBody }) => emitter.node("Identity", [name(inBody)]));
  const info = (label: string, value: ValueId): OnnxValueInfo => {
    const { dtype, shape } = typeOf(body, value);
    return { name: label, type: dtype, dims: shape };
  };
  return {
    name: BODY,
    nodes: emitter.nodeList,
    initialisers: emitter.initialisers,
    inputs: [
      ...sums.map(({ inBody }, i) => info(sumNames[i]!, inBody)),
      ...blocks.map(({ inBody }, i) => info(`${BODY}/block/${i}`, inBody)),
    ],
    outputs: [
      ...sums.map(({ inBody }, i) => info(added[i]!, inBody)),
      ...stacked.map(({ inBody }, i) => info(results[i]!, inBody)),
    ],
    valueInfo: [],
  };
}

/** Products of matrices that only go into a sum: Gemm adds them to it without a pass of its own. */
function accumulatingProducts(body: Program, sums: ReadonlySet<ValueId>): ReadonlyMap<ValueId, Node> {
  const read = new Set(body.nodes.flatMap(({ inputs }) => inputs));
  const products = body.nodes.filter(({ op, inputs, outputs }) => {
    const matrices = inputs.every((value) => typeOf(body, value).shape.length === 2);
    return op === "MatMul" && matrices && sums.has(outputs[0]!) && !read.has(outputs[0]!);
  });
  return new Map(products.map((node) => [node.outputs[0]!, node]));
}
