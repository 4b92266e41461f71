import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNextscaleError, readSafetensors, writeSafetensors, type WritableSafetensor } from "@nextscale/engine";
import { decodeCheckpoint, sha256 } from "@nextscale/refinement-core";
import { readCheckpoint, writeCheckpoint } from "@nextscale/refinement-core/node";
import * as fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { imageModelConfigSchema, type ImageModelConfig } from "../../src/config/config.js";
import { imageModelKind } from "../../src/model/checkpoint-kind.js";
import { bundledImageModels, loadImageModel } from "../../src/node/load-image-model.js";
import { randomWeights, TINY } from "../support/tiny-model.js";

let home: string;
let good: string;
let folder: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "nextscale-"));
  good = join(home, "good");
  const data = { name: "none", sha256: "0".repeat(64) };
  await writeCheckpoint(good, imageModelKind, {
    config: TINY,
    seed: 1,
    data,
    metrics: {},
    tensors: randomWeights(TINY),
  });
});
beforeEach(() => {
  folder = join(home, "changed");
  rmSync(folder, { recursive: true, force: true });
  cpSync(good, folder, { recursive: true });
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function refusal(path = folder): Promise<string> {
  try {
    await (await loadImageModel(path)).close();
    return "loaded";
  } catch (error) {
    if (!isNextscaleError(error)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

/** Rewrites `model.json`. */
function describe(change: (description: Record<string, unknown>) => object): void {
  const path = join(folder, "model.json");
  const description = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...description, ...change(description) }));
}

/** Rewrites a tensor, with the hash that goes with it. */
async function alter(name: string, change: (data: Float32Array) => void): Promise<void> {
  const path = join(folder, "weights.safetensors");
  const { tensors } = readSafetensors(readFileSync(path), path);
  change(tensors[name]!.data as Float32Array);
  const bytes = writeSafetensors(tensors as Record<string, WritableSafetensor>);
  writeFileSync(path, bytes);
  const hash = await sha256(bytes);
  describe(() => ({ weights: { sha256: hash, bytes: bytes.length } }));
}

test("a model loads and closes, more than once", async () => {
  const [one, two] = await Promise.all([loadImageModel(good), loadImageModel(good)]);
  expect(one.hash).toBe(two.hash);
  expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(one.engine).toBe("onnxruntime-node/cpu");
  const { codes } = await one.sample({ count: 2, seed: 3 });
  await one.close();
  await one.close();
  expect((await two.sample({ count: 2, seed: 3 })).codes).toEqual(codes);
  await two.close();
  await expect(one.sample({ count: 2, seed: 3 })).rejects.toMatchObject({ code: "invalid-argument" });
});

test("in a worker the samples are the same", async () => {
  const here = await loadImageModel(good);
  const there = await loadImageModel(good, { worker: true });
  const samples = await Promise.all([here, there].map((model) => model.sample({ count: 5, seed: 3 })));
  expect(samples[1]).toEqual(samples[0]);
  await Promise.all([here.close(), there.close()]);
});

test("a model that is not there is refused, with the names that are", async () => {
  expect(await refusal("no-such-model")).toMatch(/^invalid-argument: .*bundled model.*got no-such-model/);
  expect(await refusal("")).toMatch(/^invalid-argument: .*an empty name/);
  expect(await refusal(home)).toMatch(/^invalid-file: .*model\.json/);
  expect(bundledImageModels()).not.toContain("lenet-mnist");
});

test("arguments of a wrong type and unknown options are refused by name", async () => {
  const load = loadImageModel as (...args: unknown[]) => Promise<unknown>;
  const refused = (message: RegExp, ...args: unknown[]) =>
    expect(load(...args)).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringMatching(message) as string,
    });
  await refused(/the model.*undefined/);
  await refused(/the model.*Symbol\(a\)/, Symbol("a"));
  await refused(/the model.*an object/, {});
  await refused(/the options.*null/, good, null);
  await refused(/engine, worker.*"enginee"/, good, { enginee: "tfjs/cpu" });
  await refused(/engine.*5/, good, { engine: 5 });
  await refused(/engine.*"nosuch"|among.*nosuch/, good, { engine: "nosuch" });
  await refused(/worker.*"yes"/, good, { worker: "yes" });
});

test("damaged weights are refused", async () => {
  const weights = join(folder, "weights.safetensors");
  truncateSync(weights, 1000);
  expect(await refusal()).toMatch(/^invalid-data: .*weights\.safetensors.*1000 bytes/);
  rmSync(weights);
  expect(await refusal()).toMatch(/^invalid-file: .*weights\.safetensors: missing/);
});

test("weights that are not numbers are refused by name, though their hash is right", async () => {
  await alter("embeddings/1", (data) => (data[3] = NaN));
  expect(await refusal()).toMatch(/^invalid-data: .*finite numbers in tensor embeddings\/1.*NaN at element 3/);
  await alter("embeddings/1", (data) => (data[3] = 0));
  expect(await refusal()).toBe("loaded");
});

test("a description of another model, of none, or of one that cannot be is refused", async () => {
  const config = (change: object) => describe((old) => ({ config: { ...(old["config"] as object), ...change } }));
  describe(() => ({ kind: "images/feature-network" }));
  expect(await refusal()).toMatch(/^invalid-data: .*kind images\/feature-network/);
  describe(() => ({ kind: imageModelKind.kind }));
  config({ refiner: { ...TINY.refiner, width: 64 } });
  expect(await refusal()).toMatch(/^invalid-data: .*tensor/);
  config({ refiner: { ...TINY.refiner, width: 2 ** 40 } });
  expect(await refusal()).toMatch(/^invalid-data: .*refiner\.width/);
  config({ refiner: TINY.refiner, height: 29 });
  expect(await refusal()).toMatch(/^invalid-data: .*latent grid/);
  const scales = (...sides: number[]) => ({ height: 28, tokeniser: { ...TINY.tokeniser, scales: sides } });
  config(scales(2, 1, 5));
  expect(await refusal()).toMatch(/^invalid-data: .*tokeniser\.scales: expected sides in ascending order/);
  const classes = (...names: string[]) => ({ height: 28, tokeniser: TINY.tokeniser, classes: names });
  config(classes(..."0123456788"));
  expect(await refusal()).toMatch(/^invalid-data: .*classes: expected each name once/);
  config(classes(..."012345678", "9".repeat(101)));
  expect(await refusal()).toMatch(/^invalid-data: .*classes\.9: .*100 char/);
  config(classes(..."012345678", "\u001b[2J"));
  expect(await refusal()).toMatch(/^invalid-data: .*classes\.9: expected a name without control characters/);
  config(classes(..."012345678", "größe 9"));
  expect(await refusal()).toBe("loaded");
  config({ classes: TINY.classes, surprise: 1 });
  expect(await refusal()).toMatch(/^invalid-data: .*surprise/);
});

/** Bytes of typed arrays that a function leaves behind, or had at its end. */
function bytesOf(run: () => unknown): number {
  const before = process.memoryUsage().arrayBuffers;
  const result = run();
  const after = process.memoryUsage().arrayBuffers;
  expect(result).toBeDefined();
  return after - before;
}

test("a description of gigabytes that the weights do not hold is refused at no cost", async () => {
  const lie: ImageModelConfig = {
    ...TINY,
    height: 1024,
    width: 1024,
    tokeniser: { widths: [1024, 1024, 1024], latentChannels: 1024, scales: new Array(16).fill(254), vocabulary: 65536 },
    refiner: { width: 1024, depth: 64, heads: 1, context: "prefix" },
  };
  expect(imageModelConfigSchema.safeParse(lie).success).toBe(true);
  // All of it would be 30 GB; what is made are the coordinates of a million sites.
  expect(bytesOf(() => imageModelKind.layout(lie))).toBeLessThan(2 ** 25);
  describe(() => ({ config: lie }));
  expect(await refusal()).toMatch(/^invalid-data: .*tensor/);
  describe(() => ({ config: { ...TINY, tokeniser: { ...TINY.tokeniser, vocabulary: 65536 } } }));
  expect(await refusal()).toMatch(/^invalid-data: .*tensor embeddings/);
});

test("no change of a byte goes unnoticed or ends in anything but a typed error", async () => {
  const names = ["model.json", "weights.safetensors"] as const;
  const originals = names.map((name) => readFileSync(join(good, name)));
  const { hash } = await readCheckpoint(good, imageModelKind);
  const change = fc.record({ file: fc.nat(1), at: fc.nat(), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(change, async ({ file, at, byte }) => {
      const bytes = Buffer.from(originals[file]!);
      const position = at % bytes.length;
      bytes[position] = byte;
      writeFileSync(join(folder, names[file]!), bytes);
      const result = await refusal();
      writeFileSync(join(folder, names[file]!), originals[file]!);
      if (file === 1) return void expect(result === "loaded").toBe(bytes.equals(originals[1]!));
      if (result !== "loaded") return void expect(result).toMatch(/^invalid-(file|data): /);
      // What can be changed without a refusal is what the file says, and the model says just that. Another
      // configuration is another model.
      const said = JSON.parse(bytes.toString("utf8")) as { config: unknown; seed: unknown; data: unknown };
      const read = decodeCheckpoint(imageModelKind, { "model.json": bytes, "weights.safetensors": originals[1]! });
      const { config, description, hash: found } = await read;
      expect({ config, seed: description.seed, data: description.data }).toEqual({
        config: said.config,
        seed: said.seed,
        data: said.data,
      });
      expect(found === hash).toBe(JSON.stringify(config) === JSON.stringify(TINY));
    }),
    { numRuns: 120, seed: 2 },
  );
});
