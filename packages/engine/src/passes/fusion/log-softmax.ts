import type { ValueId } from "../../ir/program.js";
import { numbersOf } from "../../ops/attributes.js";
import { isLastAxis } from "../values.js";
import { inputsOf, type GraphView, type Pattern } from "./pattern.js";

/** Log-softmax as tfjs computes it: s - log(sum(exp(s))) over the last axis, with s = x - max(x), or s = x. */
export const logSoftmaxPattern: Pattern = {
  ops: ["Sub"],
  match: ({ inputs }, graph) => {
    const [shifted, normaliser] = inputs as [ValueId, ValueId];
    const total = inputsOf(graph, normaliser, "Log")?.[0];
    const exponentials = total === undefined ? null : reduced(graph, total, "Sum");
    if (exponentials === null || inputsOf(graph, exponentials, "Exp")?.[0] !== shifted) return null;
    const difference = inputsOf(graph, shifted, "Sub");
    const isShift = difference !== null && reduced(graph, difference[1]!, "Max") === difference[0];
    return { op: "LogSoftmax", inputs: [isShift ? difference[0]! : shifted], attributes: {}, inner: [normaliser] };
  },
};

/** What a value reduces over the last axis, keeping it. */
function reduced(graph: GraphView, value: ValueId, op: "Sum" | "Max"): ValueId | null {
  const shape = graph.shapeOf(value);
  const node = graph.producer(inputsOf(graph, value, "Reshape")?.[0] ?? value);
  if (node?.op !== op || shape.at(-1) !== 1) return null;
  const rank = graph.shapeOf(node.inputs[0]!).length;
  return shape.length === rank && isLastAxis(numbersOf(node.attributes, "axes"), rank) ? node.inputs[0]! : null;
}
