import { NextscaleError } from "../errors.js";
import { checkedData } from "../ir/check-data.js";
import { typeOf, type Program, type ValueId } from "../ir/program.js";
import { formatType, type NamedArrays, type TensorData, type TensorType } from "../ir/tensor-type.js";
import type { CompileOptions } from "./engine.js";

const RUN = "engine/run";

/** A program input or output. */
export interface Slot {
  readonly name: string;
  /** Of the array that crosses between caller and engine: for `stepsPerRun`, with the leading axis. */
  readonly type: TensorType;
  readonly value: ValueId;
}

/** An input that each run replaces, with the output that replaces it. */
export interface StateSlot extends Slot {
  /** Position among the program's outputs. */
  readonly output: number;
  readonly initial: TensorData;
}

/** Which role each input and output of a program plays in one executable. */
export interface Binding {
  /** Inputs given to every run. */
  readonly inputs: readonly Slot[];
  /** Inputs baked in. */
  readonly constants: readonly (Slot & { readonly data: TensorData })[];
  readonly state: readonly StateSlot[];
  /** Outputs returned by every run, with their position among the program's outputs. */
  readonly outputs: readonly (Slot & { readonly output: number })[];
  /** Steps that a run takes, along the leading axis of its inputs and outputs; undefined when there is no such axis. */
  readonly stepsPerRun: number | undefined;
}

/**
 * Sorts the inputs and outputs of a program by role and checks the arrays given for them.
 *
 * @throws NextscaleError `invalid-argument` for a name that is no input, or is both constant and state, or for
 *   `stepsPerRun` that is no positive integer or has no input to go along; `shape` for an array that does not fit, or state
 *   without an output of the same name and type
 */
export function bind(program: Program, options: CompileOptions = {}): Binding {
  const constants = options.constants ?? {};
  const state = options.state ?? {};
  const { stepsPerRun } = options;
  const slots = program.inputs.map(({ name, value }): Slot => ({ name, value, type: typeOf(program, value) }));
  const names = new Set(slots.map(({ name }) => name));
  for (const name of [...Object.keys(constants), ...Object.keys(state)]) {
    if (!names.has(name)) throw badArgument(`constants and state among the inputs ${[...names].join(", ")}`, name);
    if (Object.hasOwn(constants, name) && Object.hasOwn(state, name))
      throw badArgument("constant or state", `${name} as both`);
  }
  const isConstant = ({ name }: Slot) => Object.hasOwn(constants, name);
  const isState = ({ name }: Slot) => Object.hasOwn(state, name);
  const given = slots.filter((slot) => !isConstant(slot) && !isState(slot));
  requireSteps(stepsPerRun, given);
  const everyStep = <S extends Slot>(slot: S): S => ({ ...slot, type: stacked(slot.type, stepsPerRun) });
  return {
    inputs: given.map(everyStep),
    constants: slots
      .filter(isConstant)
      .map((slot) => ({ ...slot, data: checkedData(RUN, slot, constants[slot.name]) })),
    state: slots.filter(isState).map((slot) => ({
      ...slot,
      output: matchingOutput(program, slot),
      initial: checkedData(RUN, slot, state[slot.name]),
    })),
    outputs: program.outputs
      .map(({ name, value }, output) => ({ name, value, type: typeOf(program, value), output }))
      .filter(({ name }) => !Object.hasOwn(state, name))
      .map(everyStep),
    stepsPerRun,
  };
}

function stacked({ dtype, shape }: TensorType, steps: number | undefined): TensorType {
  return { dtype, shape: steps === undefined ? shape : [steps, ...shape] };
}

function requireSteps(steps: number | undefined, given: readonly Slot[]): void {
  if (steps === undefined) return;
  if (!Number.isSafeInteger(steps) || steps < 1) throw badArgument("a positive integer as stepsPerRun", String(steps));
  if (given.length === 0) throw badArgument("an input that is neither constant nor state, for stepsPerRun", "none");
}

/**
 * Checks the arrays given to one run.
 *
 * @throws NextscaleError `shape`
 */
export function checkInputs(inputs: readonly Slot[], arrays: NamedArrays): void {
  for (const slot of inputs) checkedData(RUN, slot, arrays[slot.name]);
  const given = Object.keys(arrays);
  if (given.length === inputs.length) return;
  const names = new Set(inputs.map(({ name }) => name));
  const unknown = given.filter((name) => !names.has(name));
  throw badShape(`inputs ${[...names].join(", ") || "(none)"}`, `also ${unknown.join(", ")}`);
}

function matchingOutput(program: Program, slot: Slot): number {
  const output = program.outputs.findIndex(({ name }) => name === slot.name);
  const found = program.outputs[output];
  const type = found === undefined ? undefined : formatType(typeOf(program, found.value));
  const wanted = formatType(slot.type);
  if (type === wanted) return output;
  throw badShape(`an output ${slot.name}: ${wanted} to replace the state of that name`, type ?? "no such output");
}

function badShape(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "shape", where: RUN, expected, got });
}

function badArgument(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "engine/compile", expected, got });
}
