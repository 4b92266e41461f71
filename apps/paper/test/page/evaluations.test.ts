import { expect, test } from "vitest";
import { networkEvaluationsOf } from "../../src/page/evaluations.js";
import { cellOf, madeUpStudy, NEXT_SCALE } from "../study/made-up-study.js";
import { TINY } from "../study/support.js";
import { madeUpTable } from "../support/made-up-table.js";

test("evaluations are those of all samples of all seeds, or the steps of all trainings; what parts share counts once", () => {
  const [samples] = cellOf(NEXT_SCALE, [[1, 1]]).samples;
  const [seed] = samples!.seeds;
  const seeds = [0, 1].map(() => ({ ...seed!, evaluations: 5 }));
  const cells = [{ ...cellOf(NEXT_SCALE, []), samples: [{ ...samples!, seeds }] }];
  const matrix = madeUpStudy("matrix", cells);
  expect(networkEvaluationsOf([matrix])).toBe(2 * 5 * TINY.samples);
  // A frontier has the samples of the matrix.
  expect(networkEvaluationsOf([matrix, madeUpStudy("frontier", cells)])).toBe(2 * 5 * TINY.samples);

  // Four variants, and ten of which two are the latent ones of table 1; two seeds, 30 epochs of 234 steps.
  const [first, second] = [madeUpTable("table1"), madeUpTable("table2")];
  expect(networkEvaluationsOf([first])).toBe(4 * 2 * 7020);
  expect(networkEvaluationsOf([first, second])).toBe((4 + 10 - 2) * 2 * 7020);
  expect(networkEvaluationsOf([first, matrix])).toBe(4 * 2 * 7020 + 2 * 5 * TINY.samples);
});
