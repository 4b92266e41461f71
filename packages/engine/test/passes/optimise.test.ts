import fc from "fast-check";
import { expect, test } from "vitest";
import { formatProgram } from "../../src/ir/print.js";
import type { Program } from "../../src/ir/program.js";
import { evaluateProgram } from "../../src/reference/evaluate.js";
import { simplifyBroadcasts } from "../../src/passes/broadcasting.js";
import { shareSubexpressions } from "../../src/passes/common-subexpressions.js";
import { removeDeadCode } from "../../src/passes/dead-code.js";
import { foldConstants } from "../../src/passes/fold-constants.js";
import { fusePatterns } from "../../src/passes/fusion/fuse.js";
import { absorbNegations } from "../../src/passes/negation.js";
import { removeNoOps } from "../../src/passes/no-ops.js";
import { optimisationRules, optimise } from "../../src/passes/optimise.js";
import { passOf, type Pass } from "../../src/passes/pass.js";
import { mergeRearrangements } from "../../src/passes/rearrangement.js";
import { mergeScalarFactors } from "../../src/passes/scalar-factors.js";
import { simplifySums } from "../../src/passes/sums.js";
import { sweep, type Rule } from "../../src/passes/sweep.js";
import { randomProgram } from "./random-programs.js";
import { difference, randomInputs } from "./support.js";

/** Folding rounds constants to float32, and a program may amplify that. */
const TOLERANCE = 1e-4;

function computesTheSame(pass: Pass, runs: number): void {
  fc.assert(
    fc.property(randomProgram, (program) => {
      fc.pre(isModest(program));
      expect(difference(program, pass(program))).toBeLessThan(TOLERANCE);
    }),
    { numRuns: runs, seed: 1 },
  );
}

/** Whether outputs are of a size at which rounding stays small. */
function isModest(program: Program): boolean {
  const outputs = Object.values(evaluateProgram(program, randomInputs(program)));
  return outputs.every((output) => output.every((value) => Math.abs(value) < 100));
}

const passes = {
  removeDeadCode,
  shareSubexpressions,
  foldConstants,
  removeNoOps,
  fusePatterns,
  simplifyBroadcasts,
  mergeRearrangements,
  simplifySums,
  mergeScalarFactors,
  absorbNegations,
};

test.each(Object.entries(passes))("%s: random programs compute the same", (_name, pass) => {
  computesTheSame(pass, 150);
});

test("optimise: random programs compute the same", () => {
  computesTheSame(optimise, 600);
});

test("optimise: an optimised program is left as it is", () => {
  fc.assert(
    fc.property(randomProgram, (program) => {
      const once = optimise(program);
      expect(formatProgram(optimise(once))).toBe(formatProgram(once));
    }),
    { numRuns: 400, seed: 2 },
  );
});

test("random programs exercise every rule", () => {
  const fired = new Set<Rule>();
  const watched = optimisationRules.map((rule): Rule => ({
    ops: rule.ops,
    apply: (node, graph) => {
      const result = rule.apply(node, graph);
      if (result !== null) fired.add(rule);
      return result;
    },
  }));
  for (const program of fc.sample(randomProgram, { numRuns: 1000, seed: 3 })) sweep(program, watched);
  expect(optimisationRules.filter((rule) => !fired.has(rule)).map((rule) => `${rule.ops.join()}: ${rule.apply.toString()}`)).toEqual([]);
});

test("negative control: a wrong rule is found", () => {
  const wrong = passOf([{ ops: ["Sub"], apply: ({ inputs }, graph) => graph.emit("Add", inputs) }]);
  expect(() => computesTheSame(wrong, 150)).toThrow();
});
