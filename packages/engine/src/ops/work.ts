import { sizeOf, type TensorType } from "../ir/tensor-type.js";

/** Multiply-adds of one node if it is a product or a convolution, 0 for all else. */
export function multiplyAdds(op: string, inputs: readonly TensorType[], outputs: readonly TensorType[]): number {
  const shapes = [...inputs, ...outputs].map(({ shape }) => shape);
  const [first, second, third] = shapes as [readonly number[], readonly number[], readonly number[]];
  switch (op) {
    case "MatMul":
      return productWork(first, second, third);
    case "Conv2D":
      return (sizeOf(third) * sizeOf(second)) / second[3]!;
    case "Conv2DInputGrad":
      return (sizeOf(first) * sizeOf(second)) / second[3]!;
    case "Conv2DFilterGrad":
      return (sizeOf(second) * sizeOf(third)) / third[3]!;
    default:
      return 0;
  }
}

/** Elements of the output times the inner extent, which is what the sizes of the three matrices leave. */
function productWork(a: readonly number[], b: readonly number[], y: readonly number[]): number {
  const matrix = (shape: readonly number[]) => sizeOf(shape.slice(-2));
  return sizeOf(y) * Math.sqrt((matrix(a) * matrix(b)) / Math.max(1, matrix(y)));
}
