import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readCheckpoint, recordMetrics, writeCheckpoint } from "../../src/node/checkpoint-folder.js";
import { finishedRegression, regressionContent, regressionKind } from "../support/regression-checkpoint.js";

let home: string;
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test.each([
  ["finished model", finishedRegression()],
  ["unfinished one", regressionContent()],
])("figures measured on a %s replace those it had and nothing else", async (_what, content) => {
  const folder = join(home, "model");
  await writeCheckpoint(folder, regressionKind, content);
  const before = await readCheckpoint(folder, regressionKind);
  await recordMetrics(folder, regressionKind, { hash: before.hash, metrics: { "test/loss": 0.5 } });
  const after = await readCheckpoint(folder, regressionKind);
  expect(after).toEqual({ ...before, description: { ...before.description, metrics: { "test/loss": 0.5 } } });
});

test("figures of another model are refused", async () => {
  await writeCheckpoint(home, regressionKind, finishedRegression());
  const before = readFileSync(join(home, "model.json"));
  const hash = "f".repeat(64);
  await expect(recordMetrics(home, regressionKind, { hash, metrics: {} })).rejects.toMatchObject({
    code: "invalid-data",
  });
  expect(readFileSync(join(home, "model.json"))).toEqual(before);
});
