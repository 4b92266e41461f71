import { expect, test } from "vitest";
import { roundsText, spreadText } from "../../src/table/figures.js";

test("figures of seeds are a mean with its deviation, times of rounds a median with quartiles", () => {
  expect(spreadText([1, 2, 3], 1)).toBe("2.0 ± 1.0");
  expect(spreadText([1, null, 3], 1)).toBe("2.0 (2 of 3 seeds)");
  expect([spreadText([], 1), spreadText([null], 1), spreadText([2], 1), spreadText([2, 2], 1)]).toEqual(["–", "not reached", "2.0", "2.0"]); // prettier-ignore
  // One round that something else disturbed moves neither.
  expect(roundsText([1, 1.2, 1.1, 0.9, 9, 1.3, 1.15, 1.05, 0.95], 2)).toBe("1.10 (1.00 to 1.20)");
  expect([roundsText([], 2), roundsText([0.39], 2), roundsText([1, 1, 1], 2)]).toEqual(["–", "0.39", "1.00"]);
});
