import { afterAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/engines/engine.js";
import { isNextscaleError } from "../../src/errors.js";
import { operationNames } from "../../src/ops/index.js";
import { ENGINE_NAMES } from "../../src/node/engine-names.js";
import { openEngine } from "../../src/node/open-engine.js";
import { operationCases } from "../ops/cases.js";
import {
  differingOperations,
  OPERATION_TOLERANCE,
  trainingDifference,
  TRAINING_TOLERANCE,
} from "../support/conformance.js";

/*
 * The same programs on every engine that loads here, against the float64 reference. Engines that do not load are
 * skipped with the reason; those of the browser are in test/web.
 */

/** One engine in this thread, and one in a worker for the path that all engines take there. */
const candidates = [...ENGINE_NAMES.map((name) => ({ name, worker: false })), { name: ENGINE_NAMES[0]!, worker: true }];

const opened = await Promise.all(
  candidates.map(async ({ name, worker }): Promise<{ label: string; engine: Engine | null; reason: string }> => {
    const label = worker ? `${name} in a worker` : name;
    try {
      return { label, engine: await openEngine(name, { worker }), reason: "" };
    } catch (error) {
      if (isNextscaleError(error, "engine-unavailable")) return { label, engine: null, reason: error.message };
      throw error;
    }
  }),
);

afterAll(async () => {
  for (const { engine } of opened) await engine?.close();
});

test("there is an example of every operation", () => {
  expect([...new Set(operationCases.map(({ op }) => op))].sort()).toEqual(operationNames());
});

describe.each(opened)("$label", ({ label, engine, reason }) => {
  const precision = /gpu|cuda|coreml|dml/.test(label) ? "gpu" : "cpu";

  test("computes every operation", async ({ skip }) => {
    if (engine === null) return skip(reason);
    expect(await differingOperations(engine, OPERATION_TOLERANCE[precision], operationCases)).toEqual([]);
  });

  test("follows five steps of training", async ({ skip }) => {
    if (engine === null) return skip(reason);
    expect(await trainingDifference(engine)).toBeLessThan(TRAINING_TOLERANCE[precision]);
  });
});

test("an engine that computes something else is noticed", async () => {
  const engine = opened[0]!.engine!;
  const wrong: Engine = {
    ...engine,
    name: "off by one part in a thousand",
    close: () => Promise.resolve(),
    compile: async (program, options) => {
      const executable = await engine.compile(program, options);
      return {
        run: async (inputs) => {
          const results = await executable.run(inputs);
          return Object.fromEntries(Object.entries(results).map(([name, data]) => [name, data.map((x) => x * 1.001)]));
        },
        readState: () => executable.readState(),
        close: () => executable.close(),
      };
    },
  };
  expect((await differingOperations(wrong, OPERATION_TOLERANCE.cpu, operationCases)).length).toBeGreaterThan(100);
  expect(await trainingDifference(wrong)).toBeGreaterThan(TRAINING_TOLERANCE.cpu);
});
