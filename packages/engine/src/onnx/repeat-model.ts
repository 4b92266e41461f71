import type { OnnxModel, OnnxValueInfo } from "./model.js";
import { renameIn } from "./rename.js";

/** Names inside the loop begin so: a graph may not give a value a name of the graph around it. */
const STEP = "step/";

/** An input that takes the value of an output in the next step. */
export interface CarriedValue {
  readonly input: string;
  readonly output: string;
}

/**
 * A model that takes so many steps of another: a Scan around its graph. Inputs and outputs keep their names; those that are
 * not carried get a leading axis, one entry a step. Initialisers stay outside, so there is one of each.
 *
 * @param model with an input that is not carried: a Scan goes along one
 */
export function repeatModel(model: OnnxModel, carried: readonly CarriedValue[], steps: number): OnnxModel {
  const { graph } = model;
  const inputOf = named(graph.inputs);
  const outputOf = named(graph.outputs);
  const [carriedIn, carriedOut] = [carried.map(({ input }) => inputOf(input)), carried.map((c) => outputOf(c.output))];
  const scanned = graph.inputs.filter((info) => !carriedIn.includes(info));
  const stacked = graph.outputs.filter((info) => !carriedOut.includes(info));

  const crossing = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));
  const rename = (name: string) => (crossing.has(name) ? STEP + name : name);
  const inside = (info: OnnxValueInfo): OnnxValueInfo => ({ ...info, name: rename(info.name) });
  const everyStep = (info: OnnxValueInfo): OnnxValueInfo => ({ ...info, dims: [steps, ...info.dims] });
  const body = {
    name: "step",
    nodes: graph.nodes.map((node) => renameIn(node, rename)),
    initialisers: [],
    inputs: [...carriedIn, ...scanned].map(inside),
    outputs: [...carriedOut, ...stacked].map(inside),
    valueInfo: [],
  };
  const scan = {
    opType: "Scan",
    domain: "",
    inputs: [...carriedIn, ...scanned].map(({ name }) => name),
    outputs: [...carriedOut, ...stacked].map(({ name }) => name),
    attributes: { num_scan_inputs: { int: scanned.length }, body: { graph: body } },
  };
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [scan],
      inputs: [...carriedIn, ...scanned.map(everyStep)],
      outputs: [...carriedOut, ...stacked.map(everyStep)],
    },
  };
}

function named(infos: readonly OnnxValueInfo[]): (name: string) => OnnxValueInfo {
  const byName = new Map(infos.map((info) => [info.name, info]));
  return (name) => byName.get(name)!;
}
