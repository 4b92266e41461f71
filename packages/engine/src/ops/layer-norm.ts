import { numberOf } from "./attributes.js";
import { demand } from "./checks.js";
import type { ValueId } from "../ir/program.js";
import type { Operation } from "./operation.js";
import { forEachRow, zeros } from "./reference.js";

/**
 * `LayerNorm(x, epsilon)` -> y = (x - mean) inverseDeviation over the last axis, and inverseDeviation [..., 1] =
 * 1 / sqrt(variance + epsilon) (Ba et al. 2016, eq. 4, without gain and bias).
 */
const layerNorm: Operation = {
  infer: ([x]) => {
    demand(
      x!.dtype === "float32" && (x!.shape.at(-1) ?? 0) > 0,
      "LayerNorm",
      "a float32 input with a non-empty last axis",
      [x!],
    );
    return [x!, { dtype: "float32", shape: [...x!.shape.slice(0, -1), 1] }];
  },
  evaluate: ([x], attributes) => {
    const y = zeros(x!.type);
    const inverse = zeros({ dtype: "float32", shape: [...x!.type.shape.slice(0, -1), 1] });
    forEachRow(x!, (row, i) => {
      const mean = row.reduce((sum, element) => sum + element, 0) / row.length;
      const variance = row.reduce((sum, element) => sum + (element - mean) ** 2, 0) / row.length;
      inverse.data[i] = 1 / Math.sqrt(variance + numberOf(attributes, "epsilon"));
      row.forEach((element, j) => (y.data[i * row.length + j] = (element - mean) * inverse.data[i]!));
    });
    return [y, inverse];
  },
  // d inverse / dx = -inverse^2 y / width; that output only reaches a loss in second derivatives.
  gradient: (g, { outputs }, [dy, dInverse]) => {
    const [y, inverse] = outputs as [ValueId, ValueId];
    const throughY = dy === null ? null : g.emit("LayerNormGrad", [dy!, y, inverse]);
    if (dInverse === null || dInverse === undefined) return [throughY];
    const slope = g.scale(g.mul(dInverse, g.emit("Square", [inverse])), -1 / g.shapeOf(y).at(-1)!);
    const throughInverse = g.mul(slope, y);
    return [throughY === null ? throughInverse : g.add(throughY, throughInverse)];
  },
  toOnnx: (e, { inputs, inputTypes, attributes, used }) => {
    const width = inputTypes[0]!.shape.at(-1)!;
    const ones = e.constant({ dtype: "float32", shape: [width] }, new Float32Array(width).fill(1));
    const settings = { axis: { int: -1 }, epsilon: { float: numberOf(attributes, "epsilon") } };
    if (!used[1]) return [e.node("LayerNormalization", [inputs[0]!, ones], settings), ""];
    const [y, , inverse] = e.nodes("LayerNormalization", [inputs[0]!, ones], 3, settings);
    return [y!, inverse!];
  },
  toTfjs: (backend, [x], attributes) => {
    const centred = backend.sub(x!, backend.mean(x!, -1, true));
    const variance = backend.mean(backend.square(centred), -1, true);
    const inverse = backend.rsqrt(backend.add(variance, numberOf(attributes, "epsilon")));
    return [backend.mul(centred, inverse), inverse];
  },
};

/**
 * `LayerNormGrad(dy, y, inverseDeviation)`: (dy - mean(dy) - y mean(dy y)) inverseDeviation, the projection of dy on what
 * the normalisation lets through.
 */
const layerNormGrad: Operation = {
  infer: (inputs) => {
    const [dy, y, inverse] = inputs;
    demand(
      dy!.shape.length === y!.shape.length && inverse!.shape.at(-1) === 1,
      "LayerNormGrad",
      "gradient and output of one shape, and the inverse deviation",
      inputs,
    );
    return [y!];
  },
  evaluate: ([dy, y, inverse]) => {
    const out = zeros(y!.type);
    forEachRow(y!, (row, i) => {
      const gradient = dy!.data.subarray(i * row.length, (i + 1) * row.length);
      const mean = gradient.reduce((sum, element) => sum + element, 0) / row.length;
      const along = gradient.reduce((sum, element, j) => sum + element * row[j]!, 0) / row.length;
      row.forEach((element, j) => {
        out.data[i * row.length + j] = (gradient[j]! - mean - element * along) * inverse!.data[i]!;
      });
    });
    return [out];
  },
  gradient: (g, { inputs, outputs }, [d]) => {
    if (d === null) return [null, null, null];
    const [dy, y, inverse] = inputs as [ValueId, ValueId, ValueId];
    const last = [g.shapeOf(y).length - 1];
    const meanProduct = (a: ValueId, b: ValueId) => g.mean(g.mul(a, b), last, true);
    const byY = g.add(g.mul(d!, meanProduct(dy, y)), g.mul(dy, meanProduct(d!, y)));
    return [
      g.emit("LayerNormGrad", [d!, y, inverse]),
      g.neg(g.mul(inverse, byY)),
      g.sum(g.div(g.mul(d!, outputs[0]!), inverse), last, true),
    ];
  },
  toOnnx: (e, { inputs, inputTypes }) => {
    const [dy, y, inverse] = inputs as [string, string, string];
    const last = e.int64s([inputTypes[0]!.shape.length - 1]);
    const mean = e.node("ReduceMean", [dy, last]);
    const along = e.node("ReduceMean", [e.node("Mul", [dy, y]), last]);
    const projected = e.node("Sub", [e.node("Sub", [dy, mean]), e.node("Mul", [y, along])]);
    return [e.node("Mul", [projected, inverse])];
  },
  toTfjs: (backend, [dy, y, inverse]) => {
    const mean = backend.mean(dy!, -1, true);
    const along = backend.mean(backend.mul(dy!, y!), -1, true);
    return [backend.mul(backend.sub(backend.sub(dy!, mean), backend.mul(y!, along)), inverse!)];
  },
};

/** Layer normalisation and its gradient. */
export const layerNormOperations: Readonly<Record<string, Operation>> = {
  LayerNorm: layerNorm,
  LayerNormGrad: layerNormGrad,
};
