import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINE_NAMES, type EngineReport } from "@nextscale/engine/node";
import { writeIdx, type ImageReport } from "@nextscale/images";
import { loadMnist, readPng } from "@nextscale/images/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { BenchReport } from "../src/bench/report.js";
import { inOwnProcess, nextscale, PROGRAM, type Finished } from "./nextscale.js";

/*
 * Every command, with a model trained for a moment. What is about processes has one of its own: the code that it exits with,
 * what standard output and error really get, a full disk there, and one run of each kind.
 */

const folder = mkdtempSync(join(tmpdir(), "nextscale-cli-"));
const model = join(folder, "tiny");
const at = (name: string) => join(folder, name);

// A process takes seconds, and many on a machine that does other work.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** A small MNIST as a folder for `NEXTSCALE_DATA`: every so many-th image. */
async function smallMnist(): Promise<string> {
  mkdirSync(at("data/mnist"), { recursive: true });
  for (const [split, prefix, stride] of [
    ["train", "train", 400],
    ["test", "t10k", 100],
  ] as const) {
    const { images, labels, count: all } = await loadMnist(split);
    const chosen = Array.from({ length: all / stride }, (_, i) => i * stride);
    const pixels = Buffer.concat(chosen.map((i) => images.subarray(i * 784, (i + 1) * 784)));
    writeFileSync(at(`data/mnist/${prefix}-images-idx3-ubyte`), writeIdx([chosen.length, 28, 28], pixels));
    const classes = Uint8Array.from(chosen, (i) => labels![i]!);
    writeFileSync(at(`data/mnist/${prefix}-labels-idx1-ubyte`), writeIdx([chosen.length], classes));
  }
  return at("data");
}

beforeAll(async () => {
  const env = { NEXTSCALE_DATA: await smallMnist() };
  const { status, stderr } = await nextscale(["images", "train", "--preset", "tiny", "--out", model], env);
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("help shows examples", async () => {
  const { status, stdout } = await inOwnProcess(["images", "sample", "--help"]);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Examples:\n {2}nextscale images sample /);
});

test("mistakes are named, with a suggestion, and exit with 1", async () => {
  const mistakes: [string[], RegExp][] = [
    [["docter"], /unknown command 'docter'\n\(Did you mean doctor\?\)/],
    [["docter", "--help"], /unknown command 'docter'\n\(Did you mean doctor\?\)/],
    [["images", "sampel", "--help"], /unknown command 'sampel'\n\(Did you mean sample\?\)/],
    [["weather", "forcast"], /unknown command 'forcast'\n\(Did you mean forecast\?\)/],
    [["images", "sample", "--cuont", "3"], /unknown option '--cuont'\n\(Did you mean --count\?\)/],
    [["images", "sample", "--out", ""], /a name that ends with .png, .* got ""/],
    [["images", "sample", "--count", "0"], /Expected a whole number of at least 1, got "0"/],
    [["images", "train", "--preset", "tiny", "--out", model], /holds an earlier training; add --resume/],
    [["images", "sample", "--model", model, "--label", "12", "--out", at("no.png")], /--label among 0, 1, 2/],
  ];
  const expectRefusal = ({ status, stdout, stderr }: Finished, args: readonly string[], message: RegExp) => {
    expect(stderr, args.join(" ")).toMatch(message);
    expect(stderr, args.join(" ")).not.toMatch(/^ {4}at /m);
    expect({ status, stdout }, args.join(" ")).toEqual({ status: 1, stdout: "" });
  };
  for (const [args, message] of mistakes) expectRefusal(await nextscale(args), args, message);
  // The parser's mistakes and those of the commands leave a process in ways of their own: one of each.
  for (const i of [1, 6, 7]) {
    const [args, message] = mistakes[i]!;
    expectRefusal(await inOwnProcess(args), args, message);
  }
});

test("a grid has a receipt that says what it was made of, and the same seed gives the same file", async () => {
  const sample = ["images", "sample", "--model", model, "--count", "6", "--seed", "3"];
  const first = await inOwnProcess([...sample, "--out", at("a.png"), "--json"]);
  expect(first).toMatchObject({ status: 0, stderr: "" });
  const printed = JSON.parse(first.stdout) as { labels: number[]; modelHash: string; files: string[] };
  expect(printed.labels).toEqual([0, 1, 2, 3, 4, 5]);
  expect(printed.files).toEqual([at("a.png"), at("a.png.receipt.json")]);
  const receipt = parseReceipt(readFileSync(at("a.png.receipt.json")));
  expect(receipt).toMatchObject({ modelHash: printed.modelHash, seed: 3, networkEvaluations: 3 });
  expect(receipt.command.slice(0, 3)).toEqual(["nextscale", "images", "sample"]);
  expect(receipt.outputs.map(({ file }) => file)).toEqual(["a.png"]);

  expect(await nextscale([...sample, "--out", at("b.png")])).toMatchObject({ status: 0, stderr: "" });
  expect(readFileSync(at("b.png"))).toEqual(readFileSync(at("a.png")));
});

test("shards in folders are the parts of the whole", async () => {
  const sample = ["images", "sample", "--model", model, "--count", "5"];
  await nextscale([...sample, "--out", at("whole/")]);
  await nextscale([...sample, "--shard", "1/2", "--out", at("part/")]);
  expect(readdirSync(at("part"))).toEqual(["000002-2.png", "000003-3.png", "000004-4.png"]);
  for (const name of readdirSync(at("part"))) {
    expect(readFileSync(join(at("part"), name)), name).toEqual(readFileSync(join(at("whole"), name)));
  }
});

test("what cannot be written is said, and nothing is left behind", async () => {
  writeFileSync(at("file"), "mine");
  const before = readdirSync(folder);
  for (const out of ["/dev/full", join(at("file"), "a.png"), `${folder}/`]) {
    const { status, stderr } = await nextscale(["images", "sample", "--model", model, "--count", "1", "--out", out]);
    expect(stderr, out).toMatch(/^nextscale: .*expected .*(ENOSPC|ENOTDIR|in it)[^;]*; /);
    expect(status, out).toBe(1);
  }
  expect(readdirSync(folder)).toEqual(before);
  expect(readdirSync("/dev").filter((name) => name.startsWith("full"))).toEqual(["full"]);
  expect(readFileSync(at("file"), "utf8")).toBe("mine");
});

test.skipIf(!existsSync("/dev/full"))("a full disk at standard output is one line", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [...PROGRAM, "--help"], { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = (await once(child, "close")) as [number];
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "nextscale: output: expected to write to standard output, got ENOSPC\n",
  });
});

test("NEXTSCALE_DEBUG shows where an error comes from", async () => {
  const { status, stderr } = await nextscale(["images", "sample", "--engine", "gpu"], { NEXTSCALE_DEBUG: "1" });
  expect(stderr).toMatch(/^nextscale: --engine: expected .*\n[^]*\n {4}at engineOption /);
  expect(status).toBe(1);
});

test("evaluate prints its figures and writes them with a receipt; a full disk costs only the file", async ({
  skip,
}) => {
  const env = { NEXTSCALE_DATA: at("data") };
  const own = at("measured");
  cpSync(model, own, { recursive: true });
  const evaluate = ["images", "evaluate", "--model", own, "--count", "64"];
  const record = [...evaluate, "--record", "--out", at("figures.json"), "--json"];
  const { status, stdout, stderr } = await nextscale(record, env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const report = JSON.parse(stdout) as ImageReport;
  expect(report).toMatchObject({ seed: 1, data: { train: { count: 150 }, test: { count: 100 } } });
  expect(report.unguided).toMatchObject({ count: 64, networkEvaluations: 3 });
  expect(JSON.parse(readFileSync(at("figures.json"), "utf8"))).toEqual(report);
  expect(parseReceipt(readFileSync(at("figures.json.receipt.json")))).toMatchObject({
    modelHash: report.model.hash,
    options: { count: 64, train: report.data.train.sha256 },
  });
  const { metrics } = JSON.parse(readFileSync(join(own, "model.json"), "utf8")) as { metrics: unknown };
  expect(metrics).toMatchObject({
    "unguided/frechet": report.unguided.frechet.distance,
    "tokeniser/test-mse": report.tokeniser.meanSquaredError,
  });
  expect(readFileSync(join(own, "weights.safetensors"))).toEqual(readFileSync(join(model, "weights.safetensors")));

  skip(!existsSync("/dev/full"), "needs /dev/full");
  const full = await nextscale([...evaluate, "--out", "/dev/full"], env);
  expect(full.stderr).toMatch(/^nextscale: .*expected to write \/dev\/full, got ENOSPC/);
  expect(full.stdout).toMatch(/Fréchet LeNet distance/);
  expect(full.status).toBe(1);
});

test("doctor knows of every engine whether it loads, how fast it is, or what it needs", async () => {
  const { status, stdout } = await nextscale(["doctor", "--json"]);
  expect(status).toBe(0);
  const { machine, engines } = JSON.parse(stdout) as { machine: { cores: number }; engines: EngineReport[] };
  expect(machine.cores).toBeGreaterThan(0);
  expect(engines.map(({ engine }) => engine)).toEqual(ENGINE_NAMES);
  for (const report of engines) {
    if (report.loads) expect(report.gflops, report.engine).toBeGreaterThan(0);
    else expect(report.reason, report.engine).not.toBe("");
  }
  expect(engines.find(({ engine }) => engine === "onnxruntime-node/cpu")).toMatchObject({ loads: true });
});

test("evaluate refuses to change a bundled model", async () => {
  const { status, stderr } = await nextscale(["images", "evaluate", "--model", "mnist", "--record"]);
  expect(stderr).toMatch(/^nextscale: --record: expected --model with the folder/);
  expect(status).toBe(1);
});

test("evaluate refuses an output that cannot be before it measures", async () => {
  const { status, stdout, stderr } = await nextscale(["images", "evaluate", "--model", model, "--out", folder]);
  expect(stderr).toMatch(/expected to write .*, got the name of a folder; name a file/);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
});

test("bench times the parts that are asked for", async () => {
  const env = { NEXTSCALE_PYTHON: at("no-python") };
  const { status, stdout } = await nextscale(["bench", "--only", "mlp", "--repeats", "1", "--json"], env);
  expect(status).toBe(0);
  const { networks, rates, peer, generation, forecasting } = JSON.parse(stdout) as BenchReport;
  expect(networks.map(({ key }) => key)).toEqual(["mlp"]);
  for (const figure of [...rates, networks[0]!.stepMs, networks[0]!.fraction]) expect(figure).toBeGreaterThan(0);
  expect(peer).toEqual({ skipped: expect.stringMatching(/no-python failed: .*ENOENT/) as string });
  expect(generation).toEqual({ skipped: "not among --only" });
  expect(forecasting).toEqual({ skipped: "not among --only" });
});

test("demo draws digits and molecules and makes a forecast with the bundled models, and says how to do it again", async () => {
  const { status, stdout, stderr } = await inOwnProcess(["demo", "--out", at("demo")]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const molecules = ["molecule-scales.svg", "molecules.smi", "molecules.svg"];
  const forecast = ["forecast.nc", "mean-and-spread-z500-120h.svg", "plume-z500.svg"];
  const outputs = ["digits.png", "scales.png", ...molecules, ...forecast].sort();
  expect(readdirSync(at("demo"))).toEqual(outputs.flatMap((name) => [name, `${name}.receipt.json`]));
  for (const name of ["digits.png", "scales.png"]) {
    expect(readPng(readFileSync(at(`demo/${name}`))).width, name).toBeGreaterThan(10 * 28);
  }
  expect(stdout).toContain(
    `npx nextscale images sample --model mnist --count 100 --seed 1 --out ${at("demo/digits.png")}`,
  );
  expect(stdout).toContain("npx nextscale graphs sample --model qm9 --count 50 --seed 1 --connected --valence --out");
  expect(stdout).toContain("npx nextscale weather forecast --model sim --members 16 --days 10 --seed 1 --out");
});

test("an engine that is not here is named with what would make it load", async () => {
  const sample = ["images", "sample", "--model", model, "--engine", "onnxruntime-node/no"];
  expect((await nextscale(sample)).stderr).toMatch(
    /^nextscale: --engine: expected one of .*, got onnxruntime-node\/no; /,
  );
  const absent = process.platform === "darwin" ? "onnxruntime-node/dml" : "onnxruntime-node/coreml";
  const { status, stderr } = await nextscale([...sample.slice(0, -1), absent, "--out", at("no.png")]);
  expect(stderr).toMatch(new RegExp(`^nextscale: .*${absent}.*; use `));
  expect(status).toBe(1);
  expect(existsSync(at("no.png"))).toBe(false);
});
