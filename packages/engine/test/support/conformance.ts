import type { Engine } from "../../src/engines/engine.js";
import type { NamedArrays } from "../../src/ir/tensor-type.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { arraysOf, programOf } from "../ops/build.js";
import type { OperationCase } from "../ops/cases.js";
import { difference, typed } from "./compare.js";
import { isTrainingState, trainingArrays, trainingStep } from "./programs.js";

/** Steps of training that are followed. */
const STEPS = 5;

/** Float32 against float64 after one operation; transcendental functions of GPUs are coarser. */
export const OPERATION_TOLERANCE = { cpu: 2e-5, gpu: 1e-3 } as const;
/** The same after {@link STEPS} steps of training, where errors feed on errors. */
export const TRAINING_TOLERANCE = { cpu: 2e-4, gpu: 5e-3 } as const;

/** Runs examples of operations on an engine and returns those that differ from the reference, and how. */
export async function differingOperations(
  engine: Engine,
  tolerance: number,
  examples: readonly OperationCase[],
): Promise<string[]> {
  const differing: string[] = [];
  for (const example of examples) {
    const program = programOf(example);
    try {
      const expected = evaluateProgram(program, arraysOf(example));
      const executable = await engine.compile(program);
      const actual = await executable.run(typed(program, arraysOf(example)));
      await executable.close();
      for (const { name } of program.outputs) {
        const error = difference(actual[name]!, expected[name]!);
        if (!(error < tolerance)) differing.push(`${example.name} ${name}: ${error}`);
      }
    } catch (error) {
      differing.push(`${example.name}: ${String(error)}`);
    }
  }
  return differing;
}

/** Largest difference in loss or state over some steps of training, with the state kept by the engine. */
export async function trainingDifference(engine: Engine): Promise<number> {
  const program = trainingStep();
  const arrays = trainingArrays();
  const pick = (state: boolean): NamedArrays =>
    Object.fromEntries(Object.entries(arrays).filter(([name]) => isTrainingState(name) === state));
  const executable = await engine.compile(program, { state: pick(true) });
  let reference: Record<string, ArrayLike<number>> = arrays;
  let worst = 0;
  for (let step = 0; step < STEPS; step++) {
    const results = await executable.run(pick(false));
    const expected = evaluateProgram(program, reference);
    worst = Math.max(worst, difference(results["loss"]!, expected["loss"]!));
    reference = { ...reference, ...expected };
  }
  const state = await executable.readState();
  await executable.close();
  return Object.entries(state).reduce(
    (most, [name, data]) => Math.max(most, difference(data, reference[name]!)),
    worst,
  );
}

/** Largest difference in loss or state between some steps of training in one run and the same ones in runs of their own. */
export async function severalStepsDifference(engine: Engine): Promise<number> {
  const program = trainingStep();
  const arrays = Object.entries(trainingArrays());
  const state = Object.fromEntries(arrays.filter(([name]) => isTrainingState(name)));
  const inputs = arrays.filter(([name]) => !isTrainingState(name));
  const single = await engine.compile(program, { state });
  const several = await engine.compile(program, { state, stepsPerRun: STEPS });
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) losses.push((await single.run(Object.fromEntries(inputs)))["loss"]![0]!);
  const repeated = inputs.map(([name, data]) => [name, repeat(data, STEPS)]);
  const results = await several.run(Object.fromEntries(repeated) as NamedArrays);
  const [actual, expected] = [await several.readState(), await single.readState()];
  await Promise.all([single.close(), several.close()]);
  return Object.entries(expected).reduce(
    (most, [name, data]) => Math.max(most, difference(actual[name]!, data)),
    difference(results["loss"]!, losses),
  );
}

function repeat<T extends Float32Array | Int32Array>(data: T, times: number): T {
  const all =
    data instanceof Float32Array ? new Float32Array(times * data.length) : new Int32Array(times * data.length);
  for (let i = 0; i < times; i++) all.set(data, i * data.length);
  return all as T;
}
