import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readReceipt, receiptPathOf, writeReceipt } from "../../src/node/receipt-file.js";
import { failureOf } from "../support/bytes.js";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const fields = {
  command: ["nextscale", "images", "sample"],
  seed: 1,
  engine: "onnxruntime-node/cpu",
  networkEvaluations: 5,
  wallTimeMs: 10,
  versions: { nextscale: "0.1.0" },
};
const sha256 = (content: string): string => createHash("sha256").update(content).digest("hex");

test("the receipt lies beside the output and hashes it", async () => {
  const output = join(home, "digits.png");
  writeFileSync(output, "pixels");
  writeFileSync(join(home, "strip.png"), "scales");
  const receipt = await writeReceipt(output, fields, [join(home, "strip.png")]);
  expect(receipt.outputs).toEqual([
    { file: "digits.png", bytes: 6, sha256: sha256("pixels") },
    { file: "strip.png", bytes: 6, sha256: sha256("scales") },
  ]);
  expect(receiptPathOf(output)).toBe(`${output}.receipt.json`);
  expect(await readReceipt(`${output}.receipt.json`)).toEqual(receipt);
  expect(readdirSync(home).sort()).toEqual(["digits.png", "digits.png.receipt.json", "strip.png"]);
});

test("of a folder every file is listed, and the receipt lies beside the folder", async () => {
  mkdirSync(join(home, "model", "sub"), { recursive: true });
  writeFileSync(join(home, "model", "b"), "1");
  writeFileSync(join(home, "model", "sub", "a"), "2");
  const { outputs } = await writeReceipt(`${join(home, "model")}/`, fields);
  expect(outputs.map(({ file }) => file)).toEqual(["model/b", "model/sub/a"]);
  expect((await readReceipt(join(home, "model.receipt.json"))).outputs).toEqual(outputs);
});

test("a missing output, an empty folder and a missing or foreign receipt are named", async () => {
  const gone = await failureOf(() => writeReceipt(join(home, "gone"), fields));
  expect(gone).toMatchObject({ code: "invalid-file", message: expect.stringContaining("ENOENT") as string });
  mkdirSync(join(home, "empty"));
  expect((await failureOf(() => writeReceipt(join(home, "empty"), fields))).message).toContain("outputs");
  expect((await failureOf(() => readReceipt(join(home, "gone.receipt.json")))).code).toBe("invalid-file");
  writeFileSync(join(home, "x.receipt.json"), "{}");
  expect((await failureOf(() => readReceipt(join(home, "x.receipt.json")))).message).toContain(
    `"format": "nextscale-receipt"`,
  );
  expect(readdirSync(home).sort()).toEqual(["empty", "x.receipt.json"]);
});
