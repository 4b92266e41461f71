import fc from "fast-check";
import { broadcastShapes } from "../../src/ir/broadcast.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program, ValueId } from "../../src/ir/program.js";
import { sizeOf } from "../../src/ir/tensor-type.js";
import { bool, f32, i32 } from "../../src/trace/signature.js";

/** Numbers from which a step draws whatever it needs to know. */
type Step = readonly number[];

/** Float values so far; steps choose among them. */
interface State {
  readonly g: GraphBuilder;
  readonly values: ValueId[];
  readonly draw: (below: number) => number;
  readonly pick: () => ValueId;
  readonly shape: (value: ValueId) => readonly number[];
}

type Operation = (state: State) => ValueId | null;

/** Factors that merge exactly in float32. */
const NUMBERS = [0, 1, -1, 2, 0.5, -0.25] as const;

const unary: readonly Operation[] = ["Neg", "Tanh", "Square", "Abs", "Sin", "Sigmoid", "Erf", "Relu", "Gelu", "StopGradient"].map(
  (op) =>
    ({ g, pick }) =>
      g.emit(op, [pick()]),
);

const binary: readonly Operation[] = ["Add", "Sub", "Mul", "Add", "Sub", "Mul", "Maximum", "GeluGrad"].map(
  (op) => (state) => pair(state, (a, b) => state.g.emit(op, [a, b])),
);

function pair({ pick, shape }: State, build: (a: ValueId, b: ValueId) => ValueId): ValueId | null {
  const [a, b] = [pick(), pick()];
  return broadcastShapes(shape(a), shape(b)) === null ? null : build(a, b);
}

function axesOf({ draw }: State, rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, axis) => axis).filter(() => draw(2) === 1);
}

/** A permutation from draws. */
function permutation({ draw }: State, rank: number): readonly number[] {
  const left = Array.from({ length: rank }, (_, i) => i);
  return Array.from({ length: rank }, () => left.splice(draw(left.length), 1)[0]!);
}

const withNumber =
  (op: string, numberFirst: boolean): Operation =>
  ({ g, draw, pick }) => {
    const number = g.scalar(NUMBERS[draw(NUMBERS.length)]!);
    const [x, zero] = [pick(), op === "Div" && g.constants.get(number)![0] === 0];
    return zero ? null : g.emit(op, numberFirst ? [number, x] : [x, number]);
  };

const reduction =
  (op: string): Operation =>
  (state) => {
    const x = state.pick();
    const axes = axesOf(state, state.shape(x).length);
    return axes.length === 0 ? null : state.g.emit(op, [x], { axes, keepDims: state.draw(2) === 1 });
  };

const movement: readonly Operation[] = [
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const size = sizeOf(shape(x));
    const shapes = [[size], [1, size], [size, 1], ...[2, 3].filter((k) => size % k === 0).map((k) => [k, size / k])];
    return g.emit("Reshape", [x], { shape: shapes[draw(shapes.length)]! });
  },
  (state) => {
    const x = state.pick();
    return state.g.emit("Transpose", [x], { perm: permutation(state, state.shape(x).length) });
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const own = shape(x).map((extent) => (extent === 1 ? 1 + draw(3) : extent));
    const full = own.length < 4 && draw(2) === 1 ? [1 + draw(3), ...own] : own;
    return g.emit("Expand", [x], { shape: full });
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const size = shape(x).map((extent) => Math.max(1, extent - draw(2)));
    return g.emit("Slice", [x], { begin: shape(x).map((extent, i) => extent - size[i]!), size });
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const counts = () => shape(x).map(() => (sizeOf(shape(x)) > 60 ? 0 : draw(2)));
    return g.emit("Pad", [x], { before: counts(), after: counts(), value: 0 });
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    return shape(x).length === 0 ? null : g.emit("Concat", [x, x], { axis: draw(shape(x).length) });
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const rows = shape(x)[0];
    return rows === undefined ? null : g.emit("Gather", [x, g.constant(i32(2), Int32Array.of(draw(rows), draw(rows)))], { axis: 0 });
  },
];

const products: readonly Operation[] = [false, true].flatMap((transposeA) =>
  [false, true].map(
    (transposeB): Operation =>
      ({ g, values, pick, shape }) => {
        const a = pick();
        const inner = shape(a).at(transposeA ? -2 : -1);
        const fits = (b: ValueId) =>
          shape(b).length >= 2 &&
          shape(b).at(transposeB ? -1 : -2) === inner &&
          broadcastShapes(shape(a).slice(0, -2), shape(b).slice(0, -2)) !== null;
        const b = shape(a).length < 2 ? undefined : values.findLast(fits);
        return b === undefined ? null : g.matMul(a, b, transposeA, transposeB);
      },
  ),
);

const others: readonly Operation[] = [
  (state) => pair(state, (a, b) => state.g.toFloat(state.g.emit("Greater", [a, b]))),
  (state) =>
    pair(state, (a, b) => {
      const { g } = state;
      return g.emit("Where", [g.emit("Less", [a, g.scalar(0.25)]), a, b]);
    }),
  ({ g, pick, shape }) => {
    const x = pick();
    return (shape(x).at(-1) ?? 1) > 1 ? g.emit("LayerNorm", [x], { epsilon: 0.5 }) : null;
  },
  ({ g, pick, shape }) => {
    const x = pick();
    return shape(x).length === 0 ? null : g.emit("Softmax", [x]);
  },
  ({ g, pick, shape }) => {
    const x = pick();
    return g.constant(f32(...shape(x)), new Float32Array(sizeOf(shape(x))).fill(0.5));
  },
];

const OPERATIONS: readonly Operation[] = [
  ...unary,
  ...binary,
  ...["Mul", "Mul", "Add", "Sub", "Div", "Pow"].map((op) => withNumber(op, false)),
  ...["Mul", "Add", "Sub"].map((op) => withNumber(op, true)),
  ...["Sum", "Sum", "Mean", "Max"].map(reduction),
  ...movement,
  ...movement,
  ...products,
  ...products,
  ...others,
];

/** Larger values are not built: the float64 reference should stay quick. */
const MOST_ELEMENTS = 200;

function build(steps: readonly Step[]): Program {
  const g = new GraphBuilder();
  const values = [g.input("a", f32(2, 3)), g.input("b", f32(3)), g.input("c", f32(2, 3, 2)), g.input("d", f32()), g.input("e", f32(3, 1))];
  g.input("unused", bool(2));
  for (const step of steps) {
    let at = 1;
    const draw = (below: number) => step[at++ % step.length]! % below;
    // Recent values are chosen more often, so that rules meet chains.
    const pick = () => values[values.length - 1 - Math.min(draw(values.length), draw(values.length))]!;
    const made = attempt(OPERATIONS[step[0]! % OPERATIONS.length]!, { g, values, draw, pick, shape: (value) => g.shapeOf(value) });
    if (made !== null) values.push(made);
  }
  return g.finish(values.slice(-4).map((value, i) => ({ name: `y${i}`, value })));
}

/** Whatever is too large to be built further upon is left in the graph as dead code. */
function attempt(operation: Operation, state: State): ValueId | null {
  const value = operation(state);
  return value === null || sizeOf(state.shape(value)) > MOST_ELEMENTS || state.shape(value).length > 4 ? null : value;
}

/** Programs of up to 16 operations on small tensors, with much for passes to do. */
export const randomProgram: fc.Arbitrary<Program> = fc
  .array(fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 16 })
  .map(build);
