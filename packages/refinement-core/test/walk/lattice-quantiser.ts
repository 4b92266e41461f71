import type { HostTensor } from "../../src/pyramid/host-tensor.js";
import type { Quantiser } from "../../src/quantiser/quantiser.js";

/** Rounds to whole multiples of a step that may differ by scale: the simplest quantiser with a visible error. */
export function latticeQuantiser(step: (scale: number) => number): Quantiser<HostTensor, HostTensor<Int32Array>> {
  const embed = (scale: number, { shape, data }: HostTensor<Int32Array>): HostTensor => ({
    shape,
    data: Float32Array.from(data, (code) => code * step(scale)),
  });
  return {
    embed,
    quantise: (scale, { shape, data }) => {
      const codes = { shape, data: Int32Array.from(data, (x) => Math.round(x / step(scale))) };
      return { codes, value: embed(scale, codes) };
    },
  };
}
