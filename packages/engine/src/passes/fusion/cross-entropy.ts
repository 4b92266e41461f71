import { flagOf, numberOf, numbersOf } from "../../ops/attributes.js";
import type { ValueId } from "../../ir/program.js";
import { equalShapes, isLastAxis } from "../values.js";
import { inputsOf, orders, type GraphView, type Pattern } from "./pattern.js";

/** Cross-entropy from plain operations: -sum(oneHot(labels) * logSoftmax(logits)) over the last axis. */
export const crossEntropyPattern: Pattern = {
  ops: ["Sum"],
  match: ({ inputs, attributes }, graph) => {
    const rank = graph.shapeOf(inputs[0]!).length;
    const product = inputsOf(graph, inputs[0]!, "Mul");
    if (product === null || !isLastAxis(numbersOf(attributes, "axes"), rank) || flagOf(attributes, "keepDims")) return null;
    for (const [places, logs] of orders(product)) {
      const logits = inputsOf(graph, logs, "LogSoftmax")?.[0];
      const labels = labelsOf(graph, places, graph.shapeOf(logs).at(-1)!);
      if (logits === undefined || labels === null || !equalShapes(graph.shapeOf(places), graph.shapeOf(logs))) continue;
      return { op: "CrossEntropy", inputs: [logits, labels], attributes: {}, negated: true, inner: [inputs[0]!, logs] };
    }
    return null;
  },
};

/** The labels behind a one-hot matrix, past casts. */
function labelsOf(graph: GraphView, value: ValueId, classes: number): ValueId | null {
  const node = graph.producer(value);
  if (node?.op === "Cast") return labelsOf(graph, node.inputs[0]!, classes);
  return node?.op === "OneHot" && numberOf(node.attributes, "depth") === classes ? node.inputs[0]! : null;
}
