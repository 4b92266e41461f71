import fc from "fast-check";
import { isNextscaleError } from "../../src/errors.js";
import { broadcastShapes } from "../../src/ir/broadcast.js";
import { GraphBuilder } from "../../src/ir/graph-builder.js";
import type { Program, ValueId } from "../../src/ir/program.js";
import { sizeOf, type DType } from "../../src/ir/tensor-type.js";
import { bool, f32, i32 } from "../../src/trace/signature.js";

/** Numbers from which a step draws whatever it needs to know. */
type Step = readonly number[];

/** Values so far; steps choose among them. */
interface State {
  readonly g: GraphBuilder;
  /** Those of float32. */
  readonly values: readonly ValueId[];
  /** i32[3] */
  readonly labels: ValueId;
  readonly draw: (below: number) => number;
  /** A float32 value. */
  readonly pick: () => ValueId;
  readonly pickInteger: () => ValueId;
  readonly pickBool: () => ValueId;
  readonly shape: (value: ValueId) => readonly number[];
}

type Operation = (state: State) => ValueId | null;

/** Factors that merge exactly in float32. */
const NUMBERS = [0, 1, -1, 2, 0.5, -0.25] as const;

const unary: readonly Operation[] = [
  "Neg",
  "Tanh",
  "Square",
  "Abs",
  "Sin",
  "Sigmoid",
  "Erf",
  "Relu",
  "Gelu",
  "StopGradient",
].map(
  (op) =>
    ({ g, pick }) =>
      g.emit(op, [pick()]),
);

const binary: readonly Operation[] = ["Add", "Sub", "Mul", "Add", "Sub", "Mul", "Maximum", "GeluGrad"].map(
  (op) => (state) => pair(state, (a, b) => state.g.emit(op, [a, b])),
);

function pair(
  { pick, shape }: Pick<State, "pick" | "shape">,
  build: (a: ValueId, b: ValueId) => ValueId,
): ValueId | null {
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

const expansion: Operation = ({ g, pick, shape, draw }) => {
  const x = pick();
  const own = shape(x).map((extent) => (extent === 1 ? 1 + draw(3) : extent));
  const full = own.length < 4 && draw(2) === 1 ? [1 + draw(3), ...own] : own;
  return g.emit("Expand", [x], { shape: full });
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
  expansion,
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
    return rows === undefined
      ? null
      : g.emit("Gather", [x, g.constant(i32(2), Int32Array.of(draw(rows), draw(rows)))], { axis: 0 });
  },
];

const products: readonly Operation[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB): Operation => ({ g, values, pick, shape }) => {
    const a = pick();
    const inner = shape(a).at(transposeA ? -2 : -1);
    const fits = (b: ValueId) =>
      shape(b).length >= 2 &&
      shape(b).at(transposeB ? -1 : -2) === inner &&
      broadcastShapes(shape(a).slice(0, -2), shape(b).slice(0, -2)) !== null;
    const b = shape(a).length < 2 ? undefined : values.findLast(fits);
    return b === undefined ? null : g.matMul(a, b, transposeA, transposeB);
  }),
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

/** Groups of nodes that single steps would rarely make. */
const compounds: readonly Operation[] = [
  (state) =>
    pair(state, (a, b) => state.g.emit(["Add", "Sub"][state.draw(2)]!, [state.g.scale(a, 0.5), state.g.scale(b, 0.5)])),
  (state) => pair(state, (a, b) => state.g.mul(state.g.scale(a, -2), b)),
  (state) =>
    pair(state, (a, b) =>
      state.g.div(state.g.scale(a, -2), state.g.add(state.g.emit("Square", [b]), state.g.scalar(1))),
    ),
  ({ g, pick, shape }) => {
    const x = pick();
    const perm = [...shape(x).keys()];
    return perm.length < 2 ? null : g.transpose(x, [...perm.slice(0, -2), perm.at(-1)!, perm.at(-2)!]);
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const rank = shape(x).length;
    if (rank < 2) return null;
    const first = draw(2) === 1;
    return g.transpose(g.matMul(x, x, first, !first), [...Array(rank - 2).keys(), rank - 1, rank - 2]);
  },
  ({ g, pick, shape }) => {
    const x = pick();
    const rank = shape(x).length;
    if (rank < 2) return null;
    const small = g.emit("Slice", [x], { begin: shape(x).map(() => 0), size: shape(x).with(-1, 1) });
    const batched = g.matMul(g.reshape(x, [1, ...shape(x)]), g.reshape(small, [1, ...shape(small)]), true);
    return g.transpose(batched, [1, 0, ...Array.from({ length: rank - 1 }, (_, i) => i + 2)]);
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const rank = shape(x).length;
    return rank === 0 ? null : g.sum(g.sum(g.emit("Tanh", [x]), [draw(rank)], true), [rank - 1]);
  },
  (state) => {
    const x = state.pick();
    const rank = state.shape(x).length;
    const perm = permutation(state, rank);
    return rank < 2 ? null : state.g.sum(state.g.transpose(state.g.neg(x), perm), [rank - 1]);
  },
  ({ g, pick, shape, draw }) => {
    const x = pick();
    const rank = shape(x).length;
    if (rank < 2) return null;
    const axis = draw(2) === 0 ? 0 : rank - 1;
    const vector = g.reshape(
      g.sum(
        g.emit("Sin", [x]),
        [...shape(x).keys()].filter((at) => at !== axis),
      ),
      axis === 0
        ? [
            shape(x)[0]!,
            ...shape(x)
              .slice(1)
              .map(() => 1),
          ]
        : [shape(x).at(-1)!],
    );
    return g.sum(g.mul(x, vector), [axis]);
  },
  ({ g, pick, shape }) => {
    const x = pick();
    return shape(x).length !== 2 ? null : g.sum(g.matMul(x, x, true), [0]);
  },
  ({ g, pick, shape }) => {
    const v = pick();
    if (shape(v).length < 2 || shape(v).at(-2)! <= shape(v).at(-1)!) return null;
    const y = g.emit("Softmax", [g.matMul(v, v, false, true)]);
    const output = g.matMul(y, v);
    const slope = g.matMul(g.emit("Sin", [output]), v, false, true);
    return g.mul(y, g.sub(slope, g.sum(g.mul(slope, y), [shape(v).length - 1], true)));
  },
  ({ g, pick }) => {
    const x = pick();
    return g.mul(g.scale(x, 0.5), g.add(g.emit("Erf", [g.scale(x, Math.SQRT1_2)]), g.scalar(1)));
  },
  ({ g, pick }) => {
    const x = pick();
    return g.mul(x, g.emit("Sigmoid", [x]));
  },
  ({ g, pick, shape }) => {
    const x = pick();
    const last = [shape(x).length - 1];
    if (shape(x).length === 0) return null;
    const centred = g.sub(x, g.mean(x, last, true));
    return g.mul(centred, g.emit("Rsqrt", [g.add(g.mean(g.emit("Square", [centred]), last, true), g.scalar(0.5))]));
  },
  ({ g, labels, pick, shape, draw }) => {
    const x = pick();
    const last = [shape(x).length - 1];
    if (last[0] === -1) return null;
    const logs = g.sub(x, g.emit("Log", [g.sum(g.emit("Exp", [x]), last, true)]));
    const places = g.emit("OneHot", [labels], { depth: shape(x).at(-1)! });
    return draw(2) === 1 || shape(x).length !== 2 ? logs : g.sum(g.mul(places, logs), last);
  },
  ({ g, pick }) => g.emit("GeluGrad", [g.scalar(0.5), g.scale(pick(), 3)]),
  ({ g, pick, shape }) => {
    const x = pick();
    const rank = shape(x).length;
    return rank < 2 ? null : g.matMul(g.expand(x, [2, ...shape(x)]), g.expand(x, [2, ...shape(x)]), false, true);
  },
];

/** The same step on integers. */
const onIntegers =
  (operation: Operation): Operation =>
  (state) =>
    operation({ ...state, pick: state.pickInteger });

const cast =
  (from: "pickInteger" | "pickBool", to: DType): Operation =>
  (state) =>
    state.g.emit("Cast", [state[from]()], { to });

/** Steps on integers and bools. Products have one small factor, so that no integer grows beyond 32 bits. */
const discrete: readonly Operation[] = [
  onIntegers((state) => pair(state, (a, b) => state.g.add(a, b))),
  onIntegers(({ g, pick, labels, draw }) => g.mul(pick(), [labels, g.scalar(draw(4), "int32")][draw(2)]!)),
  onIntegers(reduction("Sum")),
  onIntegers(reduction("Max")),
  onIntegers(expansion),
  // Places in row-major order: a matrix times a vector, summed.
  onIntegers(({ g, pick, labels, shape }) => {
    const x = pick();
    return shape(x).at(-1) === 3 ? g.sum(g.mul(x, labels), [shape(x).length - 1]) : null;
  }),
  onIntegers(({ g, pick, draw }) => g.emit("Greater", [pick(), g.scalar(draw(3), "int32")])),
  onIntegers((state) => pair(state, (a, b) => state.g.emit("Where", [state.pickBool(), a, b]))),
  cast("pickInteger", "float32"),
  cast("pickInteger", "bool"),
  cast("pickBool", "int32"),
  cast("pickBool", "float32"),
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
  ...discrete,
  ...compounds,
  ...compounds,
];

/** Larger values are not built: the float64 reference should stay quick. */
const MOST_ELEMENTS = 200;

function build(steps: readonly Step[]): Program {
  const g = new GraphBuilder();
  const float32 = [
    g.input("a", f32(2, 3)),
    g.input("b", f32(3)),
    g.input("c", f32(2, 3, 2)),
    g.input("d", f32()),
    g.input("e", f32(3, 1)),
  ];
  const labels = g.input("labels", i32(3));
  g.input("unused", bool(2));
  const values: Readonly<Record<DType, ValueId[]>> = {
    float32,
    int32: [labels, g.input("ids", i32(2, 3))],
    bool: [g.input("flags", bool(2, 1))],
  };
  for (const step of steps) {
    let at = 1;
    const draw = (below: number) => step[at++ % step.length]! % below;
    // Recent values are chosen more often, so that rules meet chains.
    const among = (pool: readonly ValueId[]) => () =>
      pool[pool.length - 1 - Math.min(draw(pool.length), draw(pool.length))]!;
    const made = attempt(OPERATIONS[step[0]! % OPERATIONS.length]!, {
      g,
      values: float32,
      labels,
      draw,
      pick: among(values.float32),
      pickInteger: among(values.int32),
      pickBool: among(values.bool),
      shape: (value) => g.shapeOf(value),
    });
    if (made !== null) values[g.typeOf(made).dtype].push(made);
  }
  const outputs = [...values.float32.slice(-4), ...values.int32.slice(-2), ...values.bool.slice(-1)];
  return g.finish(outputs.map((value, i) => ({ name: `y${i}`, value })));
}

/**
 * The value a step makes, if its values fit it. Whatever is too large to be built further upon is left in the graph as
 * dead code.
 */
function attempt(operation: Operation, state: State): ValueId | null {
  try {
    const value = operation(state);
    return value === null || sizeOf(state.shape(value)) > MOST_ELEMENTS || state.shape(value).length > 4 ? null : value;
  } catch (error) {
    if (isNextscaleError(error, "shape")) return null;
    throw error;
  }
}

/** Programs of up to 20 steps on small tensors, with much for passes to do. */
export const randomProgram: fc.Arbitrary<Program> = fc
  .array(fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 20, size: "max" })
  .map(build);
