import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function start(args: readonly string[]) {
  const flags = ["--import", "tsx", "--conditions=@nextscale/source"];
  return spawn(process.execPath, [...flags, MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

test("Ctrl-C saves the training, says how to go on, and exits with 130", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nextscale-interrupt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, "model");
  const child = start(["images", "train", "--preset", "mnist", "--out", out]);
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  // By now the data set has been read and the first stage is on its way or about to be.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  child.kill("SIGINT");
  const [status] = (await once(child, "close")) as [number | null];
  expect(stderr).toMatch(/Stopping\. Press Ctrl-C again to stop at once\./);
  expect(stderr).toContain(`images train --preset mnist --out ${out} --seed 0 --resume`);
  expect(status).toBe(130);
  expect(existsSync(join(`${out}.training`, "autoencoder", "model.json"))).toBe(true);
});

test("a reader that closes the pipe ends the program without a word", async () => {
  const child = start(["images", "sample", "--help"]);
  child.stdout.destroy();
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, "close");
  expect(stderr).toBe("");
});
