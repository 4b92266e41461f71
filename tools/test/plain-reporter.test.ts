import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { closingLine } from "../testing/plain-reporter.js";

const fixtures = fileURLToPath(new URL("fixtures/reporter", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");

function runFixtures(...names: string[]): { lastLines: string[]; status: number | null } {
  const run = spawnSync(process.execPath, [vitest, "run", "--root", fixtures, ...names], { encoding: "utf8" });
  return { lastLines: run.stdout.trimEnd().split("\n").slice(-2), status: run.status };
}

test("a passing run ends with the line and status 0", () => {
  expect(runFixtures("passing")).toEqual({ lastLines: ["a note", "1 passed, 0 failed"], status: 0 });
});

test("failures, skips and a file that does not load are all counted", () => {
  expect(runFixtures()).toEqual({ lastLines: ["a note", "3 passed, 2 failed, 1 skipped"], status: 1 });
});

test("skipped tests are named only when there are any", () => {
  expect(closingLine({ passed: 4, failed: 0, skipped: 0 })).toBe("4 passed, 0 failed");
  expect(closingLine({ passed: 4, failed: 1, skipped: 2 })).toBe("4 passed, 1 failed, 2 skipped");
});
