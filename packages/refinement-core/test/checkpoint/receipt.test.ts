import fc from "fast-check";
import { expect, test } from "vitest";
import {
  createReceipt,
  formatReceipt,
  parseReceipt,
  receiptDifferences,
  type ReceiptFields,
} from "../../src/checkpoint/receipt.js";
import { failureOf, mutations } from "../support/bytes.js";

const fields: ReceiptFields = {
  command: ["nextscale", "images", "sample", "--count", "64"],
  modelHash: "0a".repeat(32),
  seed: 1,
  engine: "onnxruntime-node/cpu",
  networkEvaluations: 5,
  options: { count: 64, temperature: 1, label: "7" },
  wallTimeMs: 1234.5,
  processors: 2,
  versions: { nextscale: "0.1.0", node: "v20.20.2" },
  outputs: [{ file: "digits.png", bytes: 10, sha256: "0b".repeat(32) }],
};
/** The receipt of a run without model, seed and options. */
const unnamed: ReceiptFields = structuredClone(fields);
delete (unnamed as { modelHash?: string }).modelHash;
delete (unnamed as { seed?: number }).seed;
delete (unnamed as { options?: unknown }).options;
const bytes = new TextEncoder().encode(formatReceipt(createReceipt(fields)));

test("a receipt is read as it was written; model, seed and options may be absent", () => {
  expect(parseReceipt(bytes)).toEqual(createReceipt(fields));
  expect(parseReceipt(new TextEncoder().encode(formatReceipt(createReceipt(unnamed))))).toEqual(createReceipt(unnamed));
  const resumed = createReceipt({ ...fields, resumedAt: 200 });
  expect(parseReceipt(new TextEncoder().encode(formatReceipt(resumed))).resumedAt).toBe(200);
});

test("wrong fields are refused when made and when read", async () => {
  for (const [change, part] of [
    [{ command: [] }, "command"],
    [{ seed: -1 }, "seed"],
    [{ resumedAt: -1 }, "resumedAt"],
    [{ wallTimeMs: Infinity }, "wallTimeMs"],
    [{ networkEvaluations: 1.5 }, "networkEvaluations"],
    [{ modelHash: "xyz" }, "modelHash"],
    [{ options: { temperature: NaN } }, "options.temperature"],
    [{ options: { topK: [1] as unknown as number } }, "options.topK"],
    [{ options: { "": 1 } }, "options"],
    [{ processors: 1.5 }, "processors"],
    [{ outputs: [] }, "outputs"],
    [{ outputs: [{ file: "", bytes: 1, sha256: "0b".repeat(32) }] }, "outputs.0.file"],
  ] as const) {
    const changed = { ...fields, ...change };
    const made = await failureOf(() => createReceipt(changed));
    expect(made.code).toBe("invalid-argument");
    expect(made.message).toContain(part);
    const text = JSON.stringify({ format: "nextscale-receipt", formatVersion: 1, ...changed });
    expect((await failureOf(() => parseReceipt(new TextEncoder().encode(text)))).code).toBe("invalid-file");
  }
  const later = new TextEncoder().encode(
    new TextDecoder().decode(bytes).replace(`"formatVersion": 1`, `"formatVersion": 9`),
  );
  expect((await failureOf(() => parseReceipt(later, "r.json"))).message).toContain(
    "r.json: expected format version 1 or older, got version 9",
  );
});

test("differences: what decides comparability, and nothing else", () => {
  const a = createReceipt(fields);
  expect(
    receiptDifferences(
      a,
      createReceipt({
        ...fields,
        wallTimeMs: 1,
        processors: 8,
        command: ["x"],
        outputs: [{ ...fields.outputs[0]!, bytes: 3 }],
      }),
    ),
  ).toEqual([]);
  const b = createReceipt({
    ...unnamed,
    engine: "tfjs/wasm",
    versions: { nextscale: "0.2.0", node: "v20.20.2", ort: "1" },
  });
  expect(receiptDifferences(a, b)).toEqual([
    `modelHash: "${"0a".repeat(32)}" and absent`,
    "seed: 1 and absent",
    'engine: "onnxruntime-node/cpu" and "tfjs/wasm"',
    "options.count: 64 and absent",
    "options.temperature: 1 and absent",
    'options.label: "7" and absent',
    'versions.nextscale: "0.1.0" and "0.2.0"',
    'versions.ort: absent and "1"',
  ]);
});

test("two runs that drew at different temperatures cannot be compared", () => {
  const half = createReceipt({ ...fields, options: { ...fields.options, temperature: 0.5 } });
  expect(receiptDifferences(createReceipt(fields), half)).toEqual(["options.temperature: 1 and 0.5"]);
});

test("any damage is refused with one of our errors, or a receipt is read", () => {
  fc.assert(
    fc.property(mutations(bytes), (damaged) => {
      try {
        const found = parseReceipt(damaged);
        expect(createReceipt(found)).toEqual(found);
      } catch (error) {
        expect(error).toMatchObject({ name: "NextscaleError", code: "invalid-file" });
      }
    }),
    { numRuns: 1000 },
  );
});
