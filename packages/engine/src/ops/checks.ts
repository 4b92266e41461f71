import { NextscaleError } from "../errors.js";
import { formatType, type DType, type TensorType } from "../ir/tensor-type.js";

/** The error for inputs that do not fit an operation. */
export function misfit(op: string, expected: string, inputs: readonly TensorType[]): NextscaleError {
  return new NextscaleError({
    code: "shape",
    where: `engine/${op}`,
    expected,
    got: inputs.map(formatType).join(" and "),
  });
}

/** @throws NextscaleError `shape` unless every input has dtype `dtype` */
export function demandDType(op: string, dtype: DType, inputs: readonly TensorType[]): void {
  if (inputs.some((input) => input.dtype !== dtype)) throw misfit(op, `inputs of dtype ${dtype}`, inputs);
}

/** @throws NextscaleError `shape` unless all inputs share one dtype, other than bool unless `bool` is allowed */
export function demandOneDType(op: string, inputs: readonly TensorType[], allowed: readonly DType[]): void {
  const dtype = inputs[0]?.dtype as DType;
  if (!allowed.includes(dtype) || inputs.some((input) => input.dtype !== dtype)) {
    throw misfit(op, `inputs of one dtype out of ${allowed.join(", ")}`, inputs);
  }
}

/** @throws NextscaleError `shape` unless `condition` holds */
export function demand(condition: boolean, op: string, expected: string, inputs: readonly TensorType[]): void {
  if (!condition) throw misfit(op, expected, inputs);
}
