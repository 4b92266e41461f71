import { readSafetensors, writeSafetensors, type Safetensor, type WritableSafetensor } from "@nextscale/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.js";
import { parseModelDescription, requireSameRun } from "../../src/checkpoint/model-description.js";
import { sha256 } from "../../src/checkpoint/sha256.js";
import { failureOf, mutations } from "../support/bytes.js";
import { regressionContent, regressionKind } from "../support/regression-checkpoint.js";

const files = await encodeCheckpoint(regressionKind, regressionContent());
const text = new TextDecoder().decode(files["model.json"]);

/** Files whose model.json has other fields; the weights' hash is kept. */
function describedAs(change: (description: Record<string, unknown>) => void): typeof files {
  const description = JSON.parse(text) as Record<string, unknown>;
  change(description);
  return { ...files, "model.json": new TextEncoder().encode(JSON.stringify(description)) };
}

/** Files whose tensors were changed, with the hash that fits them. */
async function withTensors(change: (tensors: Record<string, Safetensor>) => void): Promise<typeof files> {
  const tensors = { ...readSafetensors(files["weights.safetensors"]).tensors };
  change(tensors);
  const weights = writeSafetensors(tensors as Record<string, WritableSafetensor>);
  const weightsHash = await sha256(weights);
  return {
    ...describedAs((description) => (description["weights"] = { sha256: weightsHash, bytes: weights.length })),
    "weights.safetensors": weights,
  };
}

const failure = async (changed: typeof files | Promise<typeof files>) => {
  const now = await changed;
  return failureOf(() => decodeCheckpoint(regressionKind, now, "m"));
};

test("what was written is read, bit for bit, and the files are the same each time", async () => {
  const content = regressionContent();
  const found = await decodeCheckpoint(regressionKind, files);
  expect(found.config).toEqual(content.config);
  expect(found.tensors).toEqual(content.tensors);
  expect(found.description).toMatchObject({
    kind: "test/regression",
    seed: 5,
    data: content.data,
    metrics: content.metrics,
  });
  expect(await encodeCheckpoint(regressionKind, regressionContent())).toEqual(files);
});

test("the hash is of kind, configuration and weights, not of what was measured", async () => {
  const hash = async (changed: Partial<ReturnType<typeof regressionContent>>): Promise<string> =>
    (
      await decodeCheckpoint(
        regressionKind,
        await encodeCheckpoint(regressionKind, { ...regressionContent(), ...changed }),
      )
    ).hash;
  const base = await hash({});
  expect(await hash({ metrics: { other: 1 } })).toBe(base);
  expect(await hash({ config: { learningRate: 0.02 } })).not.toBe(base);
  const { tensors } = regressionContent();
  expect(await hash({ tensors: { ...tensors, "params/bias": Float32Array.of(0, 0, 0, 1) } })).not.toBe(base);
});

test("known hash: the empty string and abc (FIPS 180-4 examples)", async () => {
  expect(await sha256(new Uint8Array(0))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(await sha256(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("each wrong description is named", async () => {
  const cases: [(description: Record<string, unknown>) => void, string, string][] = [
    [(d) => (d["format"] = "other"), "invalid-file", `"format": "nextscale-model"`],
    [
      (d) => (d["formatVersion"] = 2),
      "invalid-file",
      "format version 1 or older, got version 2; install a later nextscale",
    ],
    [(d) => delete d["formatVersion"], "invalid-file", "formatVersion"],
    [
      (d) => (d["kind"] = "graphs/next-scale"),
      "invalid-data",
      "a model of kind test/regression, got kind graphs/next-scale",
    ],
    [(d) => (d["config"] = { learningRate: -1 }), "invalid-data", "learningRate"],
    [(d) => (d["config"] = { learningRate: 1, width: 3 }), "invalid-data", "width"],
    [(d) => (d["seed"] = 1.5), "invalid-file", "seed"],
    [(d) => (d["seed"] = 2 ** 53), "invalid-file", "seed"],
    [(d) => (d["data"] = { name: "x", sha256: "12" }), "invalid-file", "data.sha256: expected a SHA-256"],
    [
      (d) => (d["training"] = { stepsDone: 11, steps: 10 }),
      "invalid-file",
      "training: expected stepsDone of at most steps",
    ],
    [(d) => (d["metrics"] = { a: "good" }), "invalid-file", "metrics.a"],
    [(d) => (d["extra"] = 1), "invalid-file", "extra"],
    [(d) => delete d["weights"], "invalid-file", "weights"],
  ];
  for (const [change, code, message] of cases) {
    const error = await failure(describedAs(change));
    expect(error.message).toContain("m/model.json");
    expect(error.message).toContain(message);
    expect(error.code).toBe(code);
  }
  expect((await failure({ ...files, "model.json": files["model.json"].slice(0, 50) })).message).toContain(
    "JSON in UTF-8",
  );
  expect((await failure({ ...files, "model.json": new Uint8Array(2 ** 24 + 1) })).message).toContain(
    "at most 16777216 bytes",
  );
});

test("each wrong tensor is named", async () => {
  const name = "params/weight";
  const cases: [(tensors: Record<string, Safetensor>) => void, string][] = [
    [(t) => delete t[name], `tensor ${name}, got 1 of 5 tensors missing`],
    [
      (t) => (t["params/extra"] = { dtype: "F32", shape: [1], data: new Float32Array(1) }),
      "5 tensors, got 1 more, such as params/extra",
    ],
    [(t) => (t[name] = { ...t[name]!, shape: [4, 16] } as Safetensor), `tensor ${name} of f32[16,4], got F32[4,16]`],
    [
      (t) => (t[name] = { dtype: "I32", shape: [16, 4], data: new Int32Array(64) }),
      `tensor ${name} of f32[16,4], got I32[16,4]`,
    ],
    [
      (t) => (t["count/steps"] = { dtype: "F32", shape: [], data: new Float32Array(1) }),
      "tensor count/steps of i32[], got F32[]",
    ],
    [(t) => ((t[name]!.data as Float32Array)[7] = NaN), `finite numbers in tensor ${name}, got NaN at element 7 of 64`],
    [
      (t) => ((t[name]!.data as Float32Array)[63] = -Infinity),
      `finite numbers in tensor ${name}, got -Infinity at element 63`,
    ],
  ];
  for (const [change, message] of cases) {
    const error = await failure(withTensors(change));
    expect(error.message).toContain("m/weights.safetensors");
    expect(error.message).toContain(message);
    expect(error.code).toBe("invalid-data");
  }
});

test("weights of another size or with one bit changed do not fit the description", async () => {
  const weights = files["weights.safetensors"].slice();
  weights[weights.length - 1]! ^= 1;
  expect((await failure({ ...files, "weights.safetensors": weights })).message).toContain("with SHA-256");
  expect((await failure({ ...files, "weights.safetensors": weights.slice(0, -4) })).code).toBe("invalid-data");
});

test("what could not be loaded is not encoded", async () => {
  const write = (change: object): Promise<{ code: string; message: string }> =>
    failureOf(() => encodeCheckpoint(regressionKind, { ...regressionContent(), ...change }));
  const { tensors } = regressionContent();
  expect((await write({ tensors: { ...tensors, "params/bias": Float32Array.of(1, NaN, 1, 1) } })).message).toContain(
    "NaN at element 1",
  );
  expect((await write({ tensors: { ...tensors, "params/bias": new Float32Array(3) } })).message).toContain(
    "f32[4], got 3 numbers",
  );
  expect((await write({ tensors: {} })).message).toContain("5 of 5 tensors missing");
  expect((await write({ metrics: { loss: NaN } })).message).toContain("metrics.loss");
  expect((await write({ config: { learningRate: 0 } })).message).toContain("learningRate");
  expect((await write({ seed: -1 })).message).toContain("seed");
  for (const change of [{ seed: -1 }, { metrics: { loss: Infinity } }, { tensors: {} }]) {
    expect((await write(change)).code).toBe("invalid-data");
  }
});

test("any damage to either file is refused with one of our errors, or the same checkpoint is read", async () => {
  const original = await decodeCheckpoint(regressionKind, files);
  for (const name of ["model.json", "weights.safetensors"] as const) {
    await fc.assert(
      fc.asyncProperty(mutations(files[name]), async (damaged) => {
        try {
          const found = await decodeCheckpoint(regressionKind, { ...files, [name]: damaged });
          // A digit of a seed or a metric can change unseen; weights and their shapes cannot.
          expect(found.tensors).toEqual(original.tensors);
        } catch (error) {
          expect(error).toMatchObject({
            name: "NextscaleError",
            code: expect.stringMatching(/^invalid-(file|data)$/) as string,
          });
          expect((error as Error).message.length).toBeLessThan(2000);
        }
      }),
      { numRuns: 300 },
    );
  }
});

test("the weights' parser holds against damage that the hash would have caught", async () => {
  await fc.assert(
    fc.asyncProperty(mutations(files["weights.safetensors"]), async (damaged) => {
      const hash = await sha256(damaged);
      const changed = describedAs((description) => (description["weights"] = { sha256: hash, bytes: damaged.length }));
      const found = await decodeCheckpoint(regressionKind, { ...changed, "weights.safetensors": damaged }).catch(
        (error: unknown) => {
          expect(error).toMatchObject({
            name: "NextscaleError",
            code: expect.stringMatching(/^invalid-(file|data)$/) as string,
          });
        },
      );
      for (const data of Object.values(found?.tensors ?? {}))
        expect(Array.from(data).every(Number.isFinite)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("hostile JSON: deep nesting, odd keys, duplicate keys", async () => {
  const parse = (json: string) => failureOf(() => parseModelDescription(new TextEncoder().encode(json)));
  const deep = `${"[".repeat(2e5)}${"]".repeat(2e5)}`;
  expect((await parse(deep)).code).toBe("invalid-file");
  const nested = describedAs(() => undefined);
  const withDeepConfig = text.replace(`"learningRate": 0.01`, `"learningRate": 0.01, "deep": ${deep}`);
  const error = await failure({ ...nested, "model.json": new TextEncoder().encode(withDeepConfig) });
  expect(error.code).toBe("invalid-data");
  expect((await parse(text.replace(`"seed": 5`, `"seed": 5, "__proto__": {"seed": 6}`))).code).toBe("invalid-file");
  expect((await parse("null")).code).toBe("invalid-file");
  expect((await parse("")).code).toBe("invalid-file");
});

test("a checkpoint of another run is not resumed, and what differs is said", async () => {
  const run = { config: { width: 8, rate: 1 }, seed: 1, data: regressionContent().data, steps: 10 };
  requireSameRun("m", run, structuredClone(run));
  requireSameRun("m", run, { ...run, config: { rate: 1, width: 8 } });
  const other = { ...run, config: { width: 16, rate: 1, depth: 2 }, seed: 2 };
  const error = await failureOf(() => requireSameRun("m", run, other));
  expect(error.message).toContain(
    "a checkpoint of this run (seed 2, config.width 16, config.depth 2), got seed 1, config.width 8, config.depth absent",
  );
  expect((await failureOf(() => requireSameRun("m", run, { ...run, steps: 11 }))).message).toContain("steps 11");
  // Of a long list its beginning, and of an object what differs in it.
  const long = (last: number) => ({
    ...run,
    config: { model: { width: 8, sizes: [...Array<number>(99).fill(0), last] } },
  });
  const { message } = await failureOf(() => requireSameRun("m", long(1), long(2)));
  expect(message).toMatch(/config\.model\.sizes \[0,0,[0,]*…\), got/);
  expect(message).not.toContain("width");
});

test("a kind may have boolean tensors and scalars", async () => {
  const kind = {
    kind: "test/flags",
    config: z.strictObject({}),
    layout: () => ({ used: { dtype: "bool" as const, shape: [3] } }),
  };
  const content = { ...regressionContent(), config: {}, tensors: { used: Uint8Array.of(1, 0, 1) } };
  const found = await decodeCheckpoint(kind, await encodeCheckpoint(kind, content));
  expect(found.tensors).toEqual(content.tensors);
});
