import { expect, test } from "vitest";
import { recentlyUsed } from "../../src/data/recently-used.js";

test("what was used last is kept, what is being made is made once, and a failure is forgotten", async () => {
  const made: string[] = [];
  const keep = recentlyUsed<string>(2, () => 1);
  const get = (key: string) =>
    keep(key, async () => {
      made.push(key);
      return key;
    });
  expect(await Promise.all([get("a"), get("a"), get("b")])).toEqual(["a", "a", "b"]);
  await get("a");
  await get("c");
  await get("a");
  expect(made).toEqual(["a", "b", "c"]);
  await get("b");
  expect(made).toEqual(["a", "b", "c", "b"]);
  await expect(keep("d", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await get("d")).toBe("d");
});
