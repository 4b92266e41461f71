import type { Attributes, Program, ValueId } from "./program.js";
import { typeOf } from "./program.js";
import { formatType } from "./tensor-type.js";

/** Constants up to this many elements are printed in full. */
const INLINE_CONSTANT = 4;

/**
 * The program as text, one line a node: `%3 = MatMul(%1, %2): f32[64,512]`. Two programs are the same exactly when
 * their texts are (but for the values of large constants), which makes it the format of golden tests.
 */
export function formatProgram(program: Program): string {
  const lines: string[] = [];
  for (const { name, value } of program.inputs) lines.push(`%${value} = input "${name}": ${type(program, value)}`);
  for (const [value, data] of program.constants) {
    const text = data.length <= INLINE_CONSTANT ? ` [${Array.from(data).join(", ")}]` : "";
    lines.push(`%${value} = constant${text}: ${type(program, value)}`);
  }
  for (const node of program.nodes) {
    const outputs = node.outputs.map((value) => `%${value}`).join(", ");
    const inputs = node.inputs.map((value) => `%${value}`);
    const types = node.outputs.map((value) => type(program, value)).join(", ");
    lines.push(`${outputs} = ${node.op}(${[...inputs, ...formatAttributes(node.attributes)].join(", ")}): ${types}`);
  }
  for (const { name, value } of program.outputs) lines.push(`output "${name}" = %${value}`);
  return lines.join("\n");
}

function type(program: Program, value: ValueId): string {
  return formatType(typeOf(program, value));
}

/** Attributes that say something: false is every flag's default and stays silent. */
function formatAttributes(attributes: Attributes): string[] {
  return Object.entries(attributes)
    .filter(([, value]) => value !== false)
    .map(
      ([name, value]) =>
        `${name}=${Array.isArray(value) ? `[${value.join(",")}]` : String(value as string | number | boolean)}`,
    );
}
