import { spawn } from "node:child_process";
import { once, type EventEmitter } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";

// Nothing here is a matter of time: on a machine that does other work a process may take long to start.
vi.setConfig({ testTimeout: 300_000 });

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

function start(args: readonly string[]) {
  const flags = ["--import", "tsx", "--conditions=@nextscale/source"];
  return spawn(process.execPath, [...flags, MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

/** What a process writes to its standard error, and how it ends. */
function follow(child: { readonly stderr: Readable } & EventEmitter) {
  let text = "";
  const closed = once(child, "close") as Promise<[status: number | null, signal: string | null]>;
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return {
    stderr: () => text,
    closed,
    /** Waits until these words were written, or the process ends without them. */
    async until(words: string) {
      while (!text.includes(words))
        await Promise.race([once(child.stderr, "data"), closed.then(() => unsaid(words, text))]);
    },
  };
}

function unsaid(words: string, text: string): never {
  throw new Error(`ended without saying "${words}": ${text}`);
}

test("Ctrl-C saves the training, says how to go on, and exits with 130", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nextscale-interrupt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, "model");
  const child = start(["images", "train", "--preset", "mnist", "--out", out]);
  const { stderr, closed } = follow(child);
  // Made when the data set has been read: the first stage is about to begin.
  while (!existsSync(join(folder, ".model.lock"))) {
    expect(child.exitCode, stderr()).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGINT");
  expect((await closed)[0], stderr()).toBe(130);
  expect(stderr()).toMatch(/Stopping\. Press Ctrl-C again to stop at once\./);
  expect(stderr()).toContain(`images train --preset mnist --data mnist --out ${out} --seed 0 --resume`);
  expect(existsSync(join(`${out}.training`, "autoencoder", "model.json"))).toBe(true);
});

test("SIGTERM leaves nothing half-written and exits with 143", async () => {
  const folder = mkdtempSync(join(tmpdir(), "nextscale-interrupt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const out = join(folder, "weather.nc");
  const child = start(["weather", "simulate", "--years", "20", "--spin-up", "0", "--out", out]);
  const { stderr, closed } = follow(child);
  const isWriting = () => readdirSync(folder).some((name) => name.startsWith(".weather.nc"));
  while (!isWriting()) {
    expect(child.exitCode, stderr()).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill("SIGTERM");
  expect((await closed)[0], stderr()).toBe(143);
  expect(stderr()).toMatch(/Stopping\. Send SIGTERM again to stop at once\.[^]*nothing was written/);
  expect(readdirSync(folder)).toEqual([]);
});

/** A program that watches for Ctrl-C and, when it comes, does `then`. */
function watching(then: string) {
  const module = new URL("../src/interruption.ts", import.meta.url).href;
  const code = `import { watchInterrupts } from ${JSON.stringify(module)};
    const { signal } = watchInterrupts();
    const alive = setInterval(() => undefined, 1000);
    signal.addEventListener("abort", () => { ${then} });
    process.stderr.write("ready");`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", code]);
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("a second Ctrl-C ends a process that never looks up again", async () => {
  const child = watching(`process.stderr.write("busy"); for (;;);`);
  const { until, closed } = follow(child);
  await until("ready");
  child.kill("SIGINT");
  await until("busy");
  child.kill("SIGINT");
  expect(await closed).toEqual([null, "SIGINT"]);
});

test("the Ctrl-C of the terminal and the one that npm passes on are one", async () => {
  const child = watching(`process.stderr.write("aborted"); clearInterval(alive); process.exitCode = 130;`);
  const { until, stderr, closed } = follow(child);
  await until("ready");
  child.kill("SIGINT");
  await until("Stopping");
  child.kill("SIGINT");
  expect(await closed).toEqual([130, null]);
  expect(stderr().match(/aborted/g)).toHaveLength(1);
});

test("a reader that closes the pipe ends the program without a word", async () => {
  const child = start(["images", "sample", "--help"]);
  child.stdout.destroy();
  const { stderr, closed } = follow(child);
  await closed;
  expect(stderr()).toBe("");
});
