import type { Substeps } from "@nextscale/graphs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePlan, planText } from "../../src/graphs/sampling-plan.js";

const level = fc.oneof(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom<Substeps>("exact", "adaptive"));
const anyPlan = fc.record({
  substeps: fc.oneof(level, fc.array(level, { minLength: 2, maxLength: 5 })),
  sweeps: fc.integer({ min: 0, max: 100 }),
});

test("a plan is what its text says, and no two have the same", () => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      expect(parsePlan(planText(plan))).toEqual(plan);
    }),
  );
});

test("sweeps come after a +; without them a text is that of the substeps alone", () => {
  expect(parsePlan("exact+1")).toEqual({ substeps: "exact", sweeps: 1 });
  expect(parsePlan("5,2,1+3")).toEqual({ substeps: [5, 2, 1], sweeps: 3 });
  expect(["exact", "exact+0", "8", "5,2,1", "exact+01"].map((text) => planText(parsePlan(text)))).toEqual(["exact", "exact", "8", "5,2,1", "exact+1"]); // prettier-ignore
});

test("anything else is named with what was expected", () => {
  for (const bad of [
    "",
    "+",
    "+1",
    "exact+",
    "exact+-1",
    "exact+1.5",
    "exact+1e1",
    "exact+ 1",
    "exact++1",
    "exact+1+1",
  ]) {
    expect(() => parsePlan(bad), bad).toThrow(`Expected substeps, and after a + how many sweeps, such as exact+1, got "${bad}".`); // prettier-ignore
  }
  for (const many of ["101", "1000000"]) {
    expect(() => parsePlan(`exact+${many}`), many).toThrow(`Expected a whole number from 0 to 100, got "${many}".`);
  }
  for (const bad of ["0+1", "all+1", "5,,1+1", "1000001"]) {
    expect(() => parsePlan(bad), bad).toThrow(/Expected exact, adaptive, a number such as 4, or a list such as 5,2,1/);
  }
});
