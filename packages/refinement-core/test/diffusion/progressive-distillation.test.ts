import { expect, test } from "vitest";
import {
  ddimPlan,
  distillationFactors,
  flowLevels,
  levelsAt,
  linearNoise,
  nextState,
  samplingTimes,
  studentLevels,
  type NoiseLevel,
} from "../../src/index.js";
import { oracleGain, planGain } from "./support.js";

const SCHEDULE = linearNoise(1000);
const trailing = (steps: number) => levelsAt(SCHEDULE, samplingTimes({ last: 1000, steps, spacing: "trailing" }));
const VARIANCE = 0.25;

/** What a student says that was taught perfectly: the teacher takes a state of 1 two steps, and the target is that factor. */
async function taught(levels: readonly NoiseLevel[]): Promise<number[]> {
  return Promise.all(
    studentLevels(levels).slice(0, -1).map(async (from, i) => {
      const two = levels.slice(2 * i, 2 * i + 3);
      const { early, late } = distillationFactors(from, two[2]!);
      return early + late * (await planGain(ddimPlan(two), VARIANCE));
    }),
  ); // prettier-ignore
}

test.each([
  { name: "a schedule", levels: trailing(8) },
  { name: "a flow", levels: flowLevels(8) },
])("on $name a student's step ends exactly where its teacher's two do, the last one too", async ({ levels }) => {
  const said = await taught(levels);
  const plan = ddimPlan(studentLevels(levels));
  expect(plan).toHaveLength(levels.length / 2 - 0.5);
  let state = Float64Array.of(1);
  for (const [i, step] of plan.entries()) state = nextState(step, state, { data: state.map((x) => x * said[i]!) });
  expect(state[0]).toBeCloseTo(await planGain(ddimPlan(levels), VARIANCE), 10);
  // Control: what the teacher itself says of the same states leads elsewhere.
  const untaught = await planGain(plan, VARIANCE);
  expect(Math.abs(untaught - state[0]!)).toBeGreaterThan(1e-3);
});

test("targets are the data themselves where the teacher's two steps are one of DDIM's", () => {
  const [from, , to] = trailing(20).slice(4, 7);
  const [step] = ddimPlan([from!, to!]);
  const gain = oracleGain(from!, VARIANCE);
  const { early, late } = distillationFactors(from!, to!);
  expect(early + late * (step!.state + step!.data * gain)).toBeCloseTo(gain, 12);
});

test("an odd number of steps cannot be halved, and a step leads down", () => {
  expect(() => studentLevels(trailing(5))).toThrow(/even number of steps/);
  expect(() => distillationFactors(SCHEDULE[3]!, SCHEDULE[9]!)).toThrow(/less noise/);
});
