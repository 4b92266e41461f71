import { expect, test } from "vitest";
import type { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { ValueId } from "../../src/ir/program.js";
import { simplifyBroadcasts } from "../../src/passes/broadcasting.js";
import { shareSubexpressions } from "../../src/passes/common-subexpressions.js";
import { removeDeadCode } from "../../src/passes/dead-code.js";
import { foldConstants } from "../../src/passes/fold-constants.js";
import { absorbNegations } from "../../src/passes/negation.js";
import { removeNoOps } from "../../src/passes/no-ops.js";
import { optimise } from "../../src/passes/optimise.js";
import type { Pass } from "../../src/passes/pass.js";
import { mergeRearrangements } from "../../src/passes/rearrangement.js";
import { mergeScalarFactors } from "../../src/passes/scalar-factors.js";
import { simplifySums } from "../../src/passes/sums.js";
import { f32, i32 } from "../../src/trace/signature.js";
import { uniform } from "../uniform.js";
import { body, difference, programOf } from "./support.js";

/** What a pass makes of y, with x: f32[2,3] and w: f32[3,4] as inputs %0 and %1. */
function after(pass: Pass, y: (g: GraphBuilder, x: ValueId, w: ValueId) => ValueId): string[] {
  const program = programOf((g) => {
    const [x, w] = [g.input("x", f32(2, 3)), g.input("w", f32(3, 4))];
    return { y: y(g, x, w) };
  });
  const result = pass(program);
  expect(difference(program, result)).toBeLessThan(1e-6);
  return body(result);
}

const nothing = ['output "y" = %0'];

test("dead code: nodes and constants that reach no output go, inputs stay", () => {
  const program = programOf((g) => {
    const [x, w] = [g.input("x", f32(2)), g.input("w", f32(2))];
    g.mul(w, g.scalar(3));
    return { y: g.neg(x) };
  });
  const result = removeDeadCode(program);
  expect(body(result)).toEqual(["%2 = Neg(%0): f32[2]", 'output "y" = %2']);
  expect(result.inputs).toHaveLength(2);
  expect([...result.types.keys()]).toEqual([0, 1, 4]);
  expect(removeDeadCode(result)).toBe(result);
});

test("folding: constants are computed in float64 and stored in their own type", () => {
  expect(after(foldConstants, (g, x) => g.mul(x, g.emit("Sqrt", [g.add(g.scalar(2), g.scalar(7))])))).toEqual([
    "%2 = constant [3]: f32[]",
    "%3 = Mul(%0, %2): f32[2,3]",
    'output "y" = %3',
  ]);
});

test("folding: a large result of small constants is not stored", () => {
  const program = programOf((g) => {
    const column = g.constant(f32(100, 1), new Float32Array(100).fill(2));
    const row = g.constant(f32(1, 100), new Float32Array(100).fill(3));
    return { sum: g.add(column, row), spread: g.expand(g.scalar(1), [4]) };
  });
  expect(foldConstants(program).nodes.map(({ op }) => op)).toEqual(["Add", "Expand"]);
});

test("folding: a large product is left to the engine", () => {
  const product = (size: number) =>
    programOf((g) => {
      const matrix = (seed: number) => g.constant(f32(size, size), Float32Array.from(uniform(size * size, seed)));
      return { y: g.matMul(matrix(1), matrix(2)) };
    });
  expect(foldConstants(product(64)).nodes).toEqual([]);
  expect(foldConstants(product(1024)).nodes.map(({ op }) => op)).toEqual(["MatMul"]);
});

test("sharing: equal nodes, equal constants, either order of a commutative operation", () => {
  const make = (g: GraphBuilder, x: ValueId) => g.mul(g.emit("Exp", [x]), g.scalar(2));
  expect(after(shareSubexpressions, (g, x) => g.add(make(g, x), g.mul(g.scalar(2), g.emit("Exp", [x]))))).toEqual([
    "%2 = constant [2]: f32[]",
    "%3 = Exp(%0): f32[2,3]",
    "%4 = Mul(%3, %2): f32[2,3]",
    "%5 = Add(%4, %4): f32[2,3]",
    'output "y" = %5',
  ]);
});

test("sharing: different attributes, different constants and x - y against y - x stay apart", () => {
  const sums = (g: GraphBuilder, x: ValueId) => g.sub(g.sum(x, [0], true), g.sum(x, [1], true));
  expect(after(shareSubexpressions, sums)).toHaveLength(4);
  const differences = (g: GraphBuilder, x: ValueId) => {
    const e = g.emit("Exp", [x]);
    return g.mul(g.sub(x, e), g.sub(e, x));
  };
  expect(after(shareSubexpressions, differences)).toHaveLength(5);
  const constants = (g: GraphBuilder, x: ValueId) => g.add(g.mul(x, g.scalar(0)), g.mul(x, g.scalar(-0)));
  expect(after(shareSubexpressions, constants)).toHaveLength(6);
});

test.each<[string, (g: GraphBuilder, x: ValueId) => ValueId]>([
  ["x + 0", (g, x) => g.add(x, g.scalar(0))],
  ["0 + x", (g, x) => g.add(g.scalar(0), x)],
  ["x - 0", (g, x) => g.sub(x, g.scalar(0))],
  ["x * 1", (g, x) => g.mul(x, g.expand(g.scalar(1), [2, 3]))],
  ["x / 1", (g, x) => g.div(x, g.scalar(1))],
  ["x ^ 1", (g, x) => g.emit("Pow", [x, g.scalar(1)])],
  ["stopGradient", (g, x) => g.emit("StopGradient", [x])],
  ["cast to the same type", (g, x) => g.emit("Cast", [x], { to: "float32" })],
  ["reshape to the same shape", (g, x) => g.emit("Reshape", [x], { shape: [2, 3] })],
  ["identity transpose", (g, x) => g.emit("Transpose", [x], { perm: [0, 1] })],
  ["whole slice", (g, x) => g.emit("Slice", [x], { begin: [0, 0], size: [2, 3] })],
  ["no padding", (g, x) => g.emit("Pad", [x], { before: [0, 0], after: [0, 0], value: 1 })],
  ["concat of one", (g, x) => g.emit("Concat", [x], { axis: 0 })],
  ["reverse twice", (g, x) => g.emit("Reverse", [g.emit("Reverse", [x], { axes: [1] })], { axes: [1] })],
  ["where of one value", (g, x) => g.emit("Where", [g.emit("Greater", [x, g.scalar(0)]), x, x])],
])("no-op: %s", (_name, y) => {
  expect(after(removeNoOps, y)).toEqual(nothing);
});

test("no-op: 0 - x and 1 / x are operations", () => {
  expect(after(removeNoOps, (g, x) => g.sub(g.scalar(0), g.div(g.scalar(1), x)))).toHaveLength(5);
});

test("no-op: x + 0 with a larger 0 is a broadcast", () => {
  expect(after(removeNoOps, (g, x) => g.add(x, g.expand(g.scalar(0), [4, 2, 3])))).toContain(
    "%2 = Expand(%0, shape=[4,2,3]): f32[4,2,3]",
  );
});

test("broadcasts: a consumer that broadcasts anyway reads the small value", () => {
  expect(after(simplifyBroadcasts, (g, x) => g.mul(x, g.expand(g.scalar(2), [2, 3])))).toEqual([
    "%2 = constant [2]: f32[]",
    "%3 = Mul(%0, %2): f32[2,3]",
    'output "y" = %3',
  ]);
});

test("broadcasts: equal elements of a dense constant become a number", () => {
  expect(after(simplifyBroadcasts, (g, x) => g.mul(x, g.constant(f32(2, 3), new Float32Array(6).fill(5))))).toEqual([
    "%2 = constant [5]: f32[]",
    "%3 = Mul(%0, %2): f32[2,3]",
    'output "y" = %3',
  ]);
});

test("broadcasts: arithmetic happens before broadcasting", () => {
  expect(after(simplifyBroadcasts, (g, x) => g.emit("Exp", [g.expand(g.sum(x, [0]), [5, 3])]))).toEqual([
    "%2 = Sum(%0, axes=[0]): f32[3]",
    "%3 = Exp(%2): f32[3]",
    "%4 = Expand(%3, shape=[5,3]): f32[5,3]",
    'output "y" = %4',
  ]);
});

test("broadcasts: one that gives the output its shape goes behind the operation", () => {
  expect(after(simplifyBroadcasts, (g, x) => g.mul(g.expand(x, [4, 2, 3]), g.emit("Exp", [x])))).toEqual([
    "%2 = Exp(%0): f32[2,3]",
    "%3 = Mul(%0, %2): f32[2,3]",
    "%4 = Expand(%3, shape=[4,2,3]): f32[4,2,3]",
    'output "y" = %4',
  ]);
});

test("broadcasts: reshapes and transposes of one repeated number are one broadcast", () => {
  expect(after(simplifyBroadcasts, (g) => g.transpose(g.reshape(g.expand(g.scalar(2), [6]), [2, 3]), [1, 0]))).toEqual([
    "%2 = constant [2]: f32[]",
    "%3 = Expand(%2, shape=[3,2]): f32[3,2]",
    'output "y" = %3',
  ]);
});

test("rearrangement: reshapes merge, transposes merge and cancel", () => {
  expect(after(mergeRearrangements, (g, x) => g.reshape(g.reshape(g.reshape(x, [6]), [3, 2]), [2, 3]))).toEqual(
    nothing,
  );
  expect(after(mergeRearrangements, (g, x) => g.transpose(g.transpose(x, [1, 0]), [1, 0]))).toEqual(nothing);
  const rolled = (g: GraphBuilder, x: ValueId) =>
    g.transpose(g.transpose(g.reshape(x, [2, 3, 1]), [1, 0, 2]), [1, 2, 0]);
  expect(after(mergeRearrangements, rolled)).toEqual([
    "%2 = Reshape(%0, shape=[2,1,3]): f32[2,1,3]",
    'output "y" = %2',
  ]);
});

test("rearrangement: transposes of matrices vanish in products", () => {
  expect(
    after(mergeRearrangements, (g, x, w) =>
      g.transpose(g.matMul(g.transpose(w, [1, 0]), g.transpose(x, [1, 0])), [1, 0]),
    ),
  ).toEqual(["%2 = MatMul(%0, %1): f32[2,4]", 'output "y" = %2']);
});

test("rearrangement: behind A^T B of a batch, the transpose is of B^T A when A is the larger", () => {
  const program = programOf((g) => {
    const [a, b] = [g.input("a", f32(2, 5, 7, 7)), g.input("b", f32(2, 5, 7, 3))];
    return { y: g.transpose(g.matMul(a, b, true), [0, 2, 1, 3]) };
  });
  const result = mergeRearrangements(program);
  expect(body(result)).toEqual([
    "%2 = MatMul(%1, %0, transposeA=true): f32[2,5,3,7]",
    "%3 = Transpose(%2, perm=[0,3,1,2]): f32[2,7,5,3]",
    'output "y" = %3',
  ]);
  expect(difference(program, result)).toBeLessThan(1e-12);
});

test("negations: absorbed by sums, differences and squares", () => {
  expect(after(absorbNegations, (g, x) => g.neg(g.neg(x)))).toEqual(nothing);
  expect(after(absorbNegations, (g, x) => g.add(x, g.neg(g.emit("Exp", [x]))))).toContain("%3 = Sub(%0, %2): f32[2,3]");
  expect(after(absorbNegations, (g, x) => g.sub(g.scalar(0), x))).toContain("%2 = Neg(%0): f32[2,3]");
  expect(after(absorbNegations, (g, x) => g.emit("Square", [g.neg(x)]))).toEqual([
    "%2 = Square(%0): f32[2,3]",
    'output "y" = %2',
  ]);
  expect(after(absorbNegations, (g, x) => g.neg(g.sub(x, g.scalar(2))))).toContain("%3 = Sub(%2, %0): f32[2,3]");
});

test("factors: merge, and vanish in products", () => {
  expect(after(mergeScalarFactors, (g, x) => g.neg(g.scale(g.div(x, g.scalar(4)), 6)))).toEqual([
    "%2 = constant [-1.5]: f32[]",
    "%3 = Mul(%0, %2): f32[2,3]",
    'output "y" = %3',
  ]);
  expect(after(mergeScalarFactors, (g, x, w) => g.scale(g.matMul(g.scale(x, 0.5), g.neg(w)), 3))).toEqual([
    "%2 = MatMul(%0, %1, scale=-1.5): f32[2,4]",
    'output "y" = %2',
  ]);
});

test("factors: stay apart when one number cannot stand for them in float32", () => {
  const tiny = 1e-25;
  const large = 1e25;
  const kept: readonly ((g: GraphBuilder, x: ValueId, w: ValueId) => ValueId)[] = [
    (g, x) => g.div(x, g.scalar(1e-39)),
    (g, x) => g.div(x, g.scalar(3e38)),
    (g, x) => g.scale(g.scale(x, tiny), tiny),
    (g, x) => g.neg(g.scale(g.scale(x, large), large)),
    (g, x, w) => g.matMul(g.scale(x, tiny), g.scale(w, tiny)),
    (g, x, w) => g.scale(g.matMul(g.scale(x, large), w), large),
    (g, x, w) => g.scale(g.reshape(g.matMul(g.scale(x, tiny), w), [8]), tiny),
    (g, x) => g.div(g.emit("Exp", [x]), g.scale(x, 1e-39)),
  ];
  for (const build of kept) {
    const program = programOf((g) => ({ y: build(g, g.input("x", f32(2, 3)), g.input("w", f32(3, 4))) }));
    const result = mergeScalarFactors(program);
    const numbers = [
      ...[...result.constants.values()].map((data) => data[0]!),
      ...result.nodes.map(({ attributes }) => (attributes["scale"] as number | undefined) ?? 1),
    ];
    for (const number of numbers.map(Math.fround)) {
      expect(number, build.toString()).not.toBe(0);
      expect(number, build.toString()).toSatisfy(Number.isFinite);
    }
  }
  expect(after(mergeScalarFactors, (g, x) => g.scale(g.scale(x, 0), 3))).toContain("%2 = constant [0]: f32[]");
});

test("factors: go to where they cost least", () => {
  expect(after(mergeScalarFactors, (g, x) => g.sum(g.scale(x, 0.5), [0, 1]))).toEqual([
    "%2 = constant [0.5]: f32[]",
    "%3 = Sum(%0, axes=[0,1]): f32[]",
    "%4 = Mul(%3, %2): f32[]",
    'output "y" = %4',
  ]);
  expect(after(mergeScalarFactors, (g, x) => g.mul(g.scale(x, 0.5), g.sum(x, [0])))).toEqual([
    "%2 = constant [0.5]: f32[]",
    "%3 = Sum(%0, axes=[0]): f32[3]",
    "%4 = Mul(%3, %2): f32[3]",
    "%5 = Mul(%0, %4): f32[2,3]",
    'output "y" = %5',
  ]);
});

test("factors: through reshapes and transposes into the next product", () => {
  const y = (g: GraphBuilder, x: ValueId, w: ValueId) =>
    g.matMul(g.transpose(g.reshape(g.scale(x, 0.25), [3, 2]), [1, 0]), w);
  expect(after(mergeScalarFactors, y)).toContain("%4 = MatMul(%3, %1, scale=0.25): f32[2,4]");
});

test("sums: of broadcasts are multiplications", () => {
  expect(after(simplifySums, (g, x) => g.sum(g.expand(x, [4, 2, 3]), [0]))).toEqual([
    "%2 = constant [4]: f32[]",
    "%3 = Reshape(%0, shape=[1,2,3]): f32[1,2,3]",
    "%4 = Reshape(%3, shape=[2,3]): f32[2,3]",
    "%5 = Mul(%4, %2): f32[2,3]",
    'output "y" = %5',
  ]);
  expect(after(simplifySums, (g, x) => g.mean(g.expand(x, [4, 2, 3]), [0])).join()).not.toContain("Mean");
});

test("sums: of sums, transposes and reshapes", () => {
  expect(after(simplifySums, (g, x) => g.sum(g.sum(g.transpose(x, [1, 0]), [0]), [0]))).toContain(
    "%2 = Sum(%0, axes=[0,1]): f32[]",
  );
  expect(after(simplifySums, (g, x) => g.mean(g.reshape(x, [6]), [0]))).toContain("%2 = Mean(%0, axes=[0,1]): f32[]");
});

test("sums: over rows or columns of a product", () => {
  expect(after(simplifySums, (g, x, w) => g.sum(g.matMul(x, w), [0]))).toEqual([
    "%2 = Sum(%0, axes=[0], keepDims=true): f32[1,3]",
    "%3 = MatMul(%2, %1): f32[1,4]",
    "%4 = Reshape(%3, shape=[4]): f32[4]",
    'output "y" = %4',
  ]);
  expect(after(simplifySums, (g, x, w) => g.sum(g.matMul(w, x, true, true), [1]))).toContain(
    "%2 = Sum(%0, axes=[0], keepDims=true): f32[1,3]",
  );
});

test("sums: of a matrix times a vector are products", () => {
  expect(after(simplifySums, (g, x) => g.sum(g.mul(x, g.emit("Exp", [g.sum(x, [0])])), [1])).join()).toMatch(
    /MatMul\(%\d+, %0, transposeB=true\): f32\[1,2\]/,
  );
  expect(after(simplifySums, (g, x) => g.sum(g.mul(g.emit("Exp", [g.sum(x, [1], true)]), x), [0])).join()).toMatch(
    /MatMul\(%\d+, %0\): f32\[1,3\]/,
  );
});

test("sums: of all squares", () => {
  expect(after(simplifySums, (g, x) => g.sum(g.emit("Square", [x]), [0, 1]))).toEqual([
    "%2 = SumSquares(%0, axes=[0,1]): f32[]",
    'output "y" = %2',
  ]);
  expect(after(simplifySums, (g, x) => g.mean(g.emit("Square", [x]), [0, 1])).join()).toContain("SumSquares");
  expect(after(simplifySums, (g, x) => g.sum(g.emit("Square", [x]), [0])).join()).not.toContain("SumSquares");
});

test("sums: rows of (A B^T) * Y from Y B that is there already", () => {
  const program = programOf((g) => {
    const [a, b, y] = [g.input("a", f32(6, 2)), g.input("b", f32(5, 2)), g.input("y", f32(6, 5))];
    const known = g.matMul(y, b);
    return { known, sums: g.sum(g.mul(g.matMul(a, b, false, true), y), [1], true) };
  });
  const result = simplifySums(program);
  expect(body(result)).toEqual([
    "%3 = MatMul(%2, %1): f32[6,2]",
    "%4 = Mul(%0, %3): f32[6,2]",
    "%5 = Sum(%4, axes=[1], keepDims=true): f32[6,1]",
    'output "known" = %3',
    'output "sums" = %5',
  ]);
  expect(difference(program, result)).toBeLessThan(1e-12);
});

test("sums of integers stay sums of integers", () => {
  const program = programOf((g) => {
    const [ids, strides] = [g.input("ids", i32(2, 3)), g.input("strides", i32(3))];
    return {
      places: g.sum(g.mul(ids, strides), [1]),
      repeated: g.sum(g.expand(ids, [4, 2, 3]), [0]),
      count: g.sum(g.expand(g.scalar(1, "int32"), [4, 8]), [0, 1]),
    };
  });
  const result = optimise(program);
  expect(difference(program, result)).toBe(0);
  expect(body(result).join()).not.toContain("f32");
});

test("integers keep their own arithmetic", () => {
  const program = programOf((g) => {
    const x = g.input("x", i32(3));
    return { y: g.emit("FloorDiv", [g.add(x, g.scalar(0, "int32")), g.scalar(2, "int32")]) };
  });
  for (const pass of [removeNoOps, optimise]) expect(difference(program, pass(program))).toBe(0);
  expect(removeNoOps(program).nodes.map(({ op }) => op)).toEqual(["FloorDiv"]);
});
