import { expect, test } from "vitest";
import { perfectSystem } from "../../src/evaluation/perfect-system.js";
import { createAggregator, crps, simulatedSeries, spreadSkillRatio, type SimulatorStates } from "../../src/index.js";
import { evaluateSystem } from "../../src/evaluation/evaluate-system.js";
import { seriesFields } from "../../src/training/series-fields.js";

test("the simulator forecasts itself, reliably, and only where it knows the state", { timeout: 60_000 }, async () => {
  const states = new Map<number, { state: Float64Array; day: number }>();
  const truth = await simulatedSeries({
    ...{ seeds: [1], years: 1.5 / 365.2425, stepHours: 12, spinUpDays: 5 },
    onSnapshot: (time, { state, day }) => states.set(time, { state, day }),
  });
  const options = { layout: truth.layout, steps: 1, stepHours: 12, members: 4, seed: 1, analysisError: 40 };
  const system = perfectSystem({ ...options, states: states satisfies SimulatorStates });
  const metrics = [crps(), spreadSkillRatio()] as const;
  const aggregator = createAggregator({ layout: truth.layout, metrics });
  const starts = Array.from(truth.times.subarray(0, 3));
  await evaluateSystem(system, { truth: seriesFields(truth), starts, leads: [12] }, aggregator);
  for (const { value } of aggregator.scores(metrics[1])) expect(Math.abs(value - 1)).toBeLessThan(0.25);
  const z500 = aggregator.scores(metrics[0]).filter(({ output }) => output === "z500");
  for (const { value } of z500) {
    expect(value).toBeGreaterThan(5);
    expect(value).toBeLessThan(60);
  }
  const elsewhere = perfectSystem({ ...options, states: new Map() });
  await expect(elsewhere.forecast(starts[0]!)[Symbol.asyncIterator]().next()).rejects.toThrow(/an analysis of 2001/);
});
