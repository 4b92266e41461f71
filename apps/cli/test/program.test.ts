import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";

/* The program as its user runs it: a process each, with a model trained for a moment. */

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly env?: Record<string, string>;
}

function nextscale(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const flags = ["--import", "tsx", "--conditions=@nextscale/source"];
  const child = spawn(process.execPath, [...flags, MAIN, ...args], {
    env: { ...process.env, NEXTSCALE_DEBUG: "", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

const folder = mkdtempSync(join(tmpdir(), "nextscale-cli-"));
const model = join(folder, "tiny");
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  const { status, stderr } = await nextscale(["images", "train", "--preset", "tiny", "--out", model]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("help shows examples", async () => {
  const { status, stdout } = await nextscale(["images", "sample", "--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}nextscale images sample /);
});

test("mistakes are named, with a suggestion, and exit with 1", async () => {
  const mistakes: [string[], RegExp][] = [
    [["docter"], /unknown command 'docter'\n\(Did you mean doctor\?\)/],
    [["images", "sample", "--cuont", "3"], /unknown option '--cuont'\n\(Did you mean --count\?\)/],
    [["images", "sample", "--count", "0"], /Expected a whole number of at least 1, got "0"/],
    [["images", "train", "--preset", "tiny", "--out", model], /holds an earlier training; add --resume/],
    [["images", "sample", "--model", model, "--label", "12", "--out", at("no.png")], /--label among 0, 1, 2/],
  ];
  await Promise.all(
    mistakes.map(async ([args, message]) => {
      const { status, stdout, stderr } = await nextscale(args);
      expect(stderr, args.join(" ")).toMatch(message);
      expect(stderr, args.join(" ")).not.toMatch(/^ {4}at /m);
      expect({ status, stdout }, args.join(" ")).toEqual({ status: 1, stdout: "" });
    }),
  );
});

test("a grid has a receipt that says what it was made of, and the same seed gives the same file", async () => {
  const sample = ["images", "sample", "--model", model, "--count", "6", "--seed", "3"];
  const first = await nextscale([...sample, "--out", at("a.png"), "--json"]);
  expect(first).toMatchObject({ status: 0, stderr: "" });
  const printed = JSON.parse(first.stdout) as { labels: number[]; modelHash: string; files: string[] };
  expect(printed.labels).toEqual([0, 1, 2, 3, 4, 5]);
  expect(printed.files).toEqual([at("a.png"), at("a.png.receipt.json")]);
  const receipt = parseReceipt(readFileSync(at("a.png.receipt.json")));
  expect(receipt).toMatchObject({ modelHash: printed.modelHash, seed: 3, networkEvaluations: 3 });
  expect(receipt.command.slice(0, 3)).toEqual(["nextscale", "images", "sample"]);
  expect(receipt.outputs.map(({ file }) => file)).toEqual(["a.png"]);

  await nextscale([...sample, "--out", at("b.png")]);
  expect(readFileSync(at("b.png"))).toEqual(readFileSync(at("a.png")));
});

test("shards in folders are the parts of the whole", async () => {
  const sample = ["images", "sample", "--model", model, "--count", "5"];
  const whole = nextscale([...sample, "--out", at("whole/")]);
  await nextscale([...sample, "--shard", "1/2", "--out", at("part/")]);
  await whole;
  expect(readdirSync(at("part"))).toEqual(["000002-2.png", "000003-3.png", "000004-4.png"]);
  for (const name of readdirSync(at("part"))) {
    expect(readFileSync(join(at("part"), name)), name).toEqual(readFileSync(join(at("whole"), name)));
  }
});

test("what cannot be written is said, and nothing is left behind", async () => {
  writeFileSync(at("file"), "mine");
  const before = readdirSync(folder);
  await Promise.all(
    ["/dev/full", join(at("file"), "a.png"), `${folder}/`].map(async (out) => {
      const { status, stderr } = await nextscale(["images", "sample", "--model", model, "--count", "1", "--out", out]);
      expect(stderr, out).toMatch(/^nextscale: .*expected .*(ENOSPC|ENOTDIR|in it)[^;]*; /);
      expect(status, out).toBe(1);
    }),
  );
  expect(readdirSync(folder)).toEqual(before);
  expect(readdirSync("/dev").filter((name) => name.startsWith("full"))).toEqual(["full"]);
  expect(readFileSync(at("file"), "utf8")).toBe("mine");
});

test("NEXTSCALE_DEBUG shows where an error comes from", async () => {
  const { status, stderr } = await nextscale(["images", "sample", "--engine", "gpu"], {
    env: { NEXTSCALE_DEBUG: "1" },
  });
  expect(stderr).toMatch(/^nextscale: --engine: expected .*\n[^]*\n {4}at engineOption /);
  expect(status).toBe(1);
});
