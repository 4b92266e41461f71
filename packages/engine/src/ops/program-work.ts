import { typeOf, type Program, type ValueId } from "../ir/program.js";
import { multiplyAdds } from "./work.js";

/** Multiply-adds of a program's products and convolutions. */
export function programMultiplyAdds(program: Pick<Program, "nodes" | "types">): number {
  const types = (values: readonly ValueId[]) => values.map((value) => typeOf(program, value));
  return program.nodes.reduce(
    (sum, { op, inputs, outputs }) => sum + multiplyAdds(op, types(inputs), types(outputs)),
    0,
  );
}

/**
 * Floating-point operations of a run of a program: two for each multiply-add of its products and convolutions, as papers count
 * them. What is done element by element, normalisations and softmax included, is not counted: it takes time, but hardly any
 * of the operations.
 */
export function floatingPointOperations(program: Program): number {
  return 2 * programMultiplyAdds(program);
}
