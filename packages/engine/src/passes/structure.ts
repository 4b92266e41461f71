import type { Attributes, ValueId } from "../ir/program.js";
import type { TensorData, TensorType } from "../ir/tensor-type.js";

/** Operations that give the very same bits when their inputs change places. */
const COMMUTATIVE: ReadonlySet<string> = new Set([
  "Add",
  "Mul",
  "Maximum",
  "Minimum",
  "Equal",
  "NotEqual",
  "And",
  "Or",
]);

/** A text that two nodes share exactly when they compute the same. */
export function nodeKey(op: string, inputs: readonly ValueId[], attributes: Attributes): string {
  const [a, b] = inputs as [ValueId, ValueId];
  const operands = COMMUTATIVE.has(op) && b < a ? `${b},${a}` : inputs.join(",");
  const names = Object.keys(attributes);
  if (names.length === 0) return `${op}(${operands})`;
  const settings = names
    .filter((name) => attributes[name] !== false)
    .sort()
    .map((name) => `${name}=${String(attributes[name])}`);
  return `${op}(${operands};${settings.join(";")})`;
}

/** Elements that go into the key of a constant. */
const SAMPLES = 8;

/** A text that equal constants share, and few others: candidates still need {@link sameData}. */
export function constantKey({ dtype, shape }: TensorType, data: TensorData): string {
  const samples = Array.from(
    { length: Math.min(SAMPLES, data.length) },
    (_, i) => data[Math.floor((i * data.length) / SAMPLES)],
  );
  return `${dtype}[${shape.join(",")}]${samples.join(",")}`;
}

/** Whether two constants of one type hold the same bits (-0 differs from 0, NaN equals itself). */
export function sameData(a: TensorData, b: TensorData): boolean {
  return a.length === b.length && a.every((element, i) => Object.is(element, b[i]));
}
