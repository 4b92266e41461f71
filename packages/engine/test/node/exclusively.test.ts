import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exclusively } from "../../src/node/exclusively.js";

let folder: string;
let path: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  path = join(folder, "model");
  lock = join(folder, ".model.lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const work = () => Promise.resolve("done");
const refused = {
  code: "unwritable",
  message: expect.stringMatching(/no other process at work on .*model, got process/),
};

test("one at a time, also in one process, and nothing is left", async () => {
  let finish = (): void => undefined;
  const first = exclusively(path, "test", () => new Promise<void>((resolve) => (finish = resolve)));
  await expect.poll(() => existsSync(lock)).toBe(true);
  await expect(exclusively(path, "test", work)).rejects.toMatchObject(refused);
  await expect(exclusively(join(folder, "other"), "test", work)).resolves.toBe("done");
  finish();
  await first;
  await expect(exclusively(path, "test", work)).resolves.toBe("done");
  await expect(exclusively(path, "test", () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(readdirSync(folder)).toEqual([]);
});

test("of two calls in the same instant one is refused", async () => {
  const long = () => new Promise<string>((resolve) => setTimeout(() => resolve("done"), 50));
  const results = await Promise.allSettled([exclusively(path, "test", long), exclusively(path, "test", long)]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  expect(readdirSync(folder)).toEqual([]);
});

test("a process that lives is waited for, one that was killed is not", async () => {
  const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e6)"]);
  writeFileSync(lock, JSON.stringify({ pid: other.pid, host: hostname() }));
  await expect(exclusively(path, "test", work)).rejects.toMatchObject(refused);
  expect(readFileSync(lock, "utf8")).toContain(String(other.pid));
  other.kill("SIGKILL");
  await once(other, "exit");
  await expect(exclusively(path, "test", work)).resolves.toBe("done");
});

test("what another machine holds is free when it was silent for long; so is what was cut off", async () => {
  const longAgo = new Date(Date.now() - 3600_000);
  for (const content of [JSON.stringify({ pid: 1, host: "elsewhere.example" }), '{"pid":']) {
    writeFileSync(lock, content);
    await expect(exclusively(path, "test", work)).rejects.toMatchObject(refused);
    utimesSync(lock, longAgo, longAgo);
    await expect(exclusively(path, "test", work)).resolves.toBe("done");
  }
  // Of our own number, and not ours: of a process before us.
  writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
  await expect(exclusively(path, "test", work)).resolves.toBe("done");
});

test("a place where nothing can be made is named", async () => {
  writeFileSync(join(folder, "file"), "");
  await expect(exclusively(join(folder, "file", "model"), "test", work)).rejects.toMatchObject({
    code: "unwritable",
    message: expect.stringContaining("choose another path"),
  });
});
