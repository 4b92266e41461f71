import { activationOperations } from "./activation.js";
import { arithmeticOperations } from "./binary.js";
import { comparisonOperations } from "./comparison.js";
import { convolutionOperations } from "./convolution.js";
import { crossEntropyOperations } from "./cross-entropy.js";
import { cumSum } from "./cumsum.js";
import { gatherOperations } from "./gather.js";
import { layerNormOperations } from "./layer-norm.js";
import { matMul } from "./matmul.js";
import type { Operation } from "./operation.js";
import { orderOperations } from "./order.js";
import { partOperations } from "./parts.js";
import { reductionOperations } from "./reduction.js";
import { selectionOperations } from "./selection.js";
import { shapeOperations } from "./shape.js";
import { softmaxOperations } from "./softmax.js";
import { unaryOperations } from "./unary.js";

/** Every operation of the IR by name. */
const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    ...unaryOperations,
    ...arithmeticOperations,
    ...comparisonOperations,
    ...selectionOperations,
    ...reductionOperations,
    ...orderOperations,
    MatMul: matMul,
    ...shapeOperations,
    ...partOperations,
    ...gatherOperations,
    CumSum: cumSum,
    ...softmaxOperations,
    ...layerNormOperations,
    ...activationOperations,
    ...crossEntropyOperations,
    ...convolutionOperations,
  }),
);

/** The operation called `name`. */
export function operation(name: string): Operation {
  const found = operations.get(name);
  if (found === undefined) throw new Error(`internal: unknown operation ${name}`);
  return found;
}

/** Names of all operations, sorted. */
export function operationNames(): readonly string[] {
  return [...operations.keys()].sort();
}
