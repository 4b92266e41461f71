import { expect, test } from "vitest";
import { timedInTurn } from "../../src/node/timed-in-turn.js";

test("each round does all once, beginning with another one, and none always follows the same", async () => {
  const done: string[] = [];
  const times = await timedInTurn(["a", "b", "c"], 4, async (item) => done.push(item));
  expect(done.join("")).toBe("abc" + "acb" + "cab" + "cba");
  expect(times).toEqual([[1, 4, 8, 12], [2, 6, 9, 11], [3, 5, 7, 10]]); // prettier-ignore
});
