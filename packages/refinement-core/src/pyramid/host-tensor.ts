import { NextscaleError, sizeOf } from "@nextscale/engine";

/** Numbers on the host: row-major elements and their shape. Float32Array for features, Int32Array for codes. */
export interface HostTensor<Data extends Float32Array | Int32Array = Float32Array> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/**
 * Elements of a shape filled with `data`, or with zeros.
 *
 * @throws NextscaleError `shape` when the number of elements is another
 */
export function hostTensor(shape: readonly number[], data: Float32Array = new Float32Array(sizeOf(shape))): HostTensor {
  if (data.length !== sizeOf(shape)) {
    throw new NextscaleError({
      code: "shape",
      where: "refinement-core/hostTensor",
      expected: `${sizeOf(shape)} elements for shape [${shape.join(",")}]`,
      got: `${data.length}`,
    });
  }
  return { shape, data };
}
