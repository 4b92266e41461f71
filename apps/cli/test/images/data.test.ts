import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNextscaleError } from "@nextscale/engine";
import { renderGrid, writeIdx } from "@nextscale/images";
import { afterAll, expect, test } from "vitest";
import { loadData, loadTrainAndTest } from "../../src/images/data.js";

const folder = mkdtempSync(join(tmpdir(), "nextscale-data-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);

function writeImages(name: string, labels: readonly number[]): string {
  writeFileSync(at(`${name}.idx`), writeIdx([labels.length, 2, 2], new Uint8Array(4 * labels.length)));
  writeFileSync(at(`${name}-labels.idx`), writeIdx([labels.length], Uint8Array.from(labels)));
  return `${at(`${name}.idx`)},${at(`${name}-labels.idx`)}`;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => new Error("it was not refused"),
    (reason: unknown) => reason,
  );
  if (!isNextscaleError(error)) throw error;
  return `${error.code}: ${error.message}`;
}

const train = { split: "train", option: "--data" } as const;

test("sets have names, both parts of them", async () => {
  const [images, held] = await loadTrainAndTest("mnist", undefined);
  expect([images.name, images.count, held.name, held.count]).toEqual(["mnist/train", 60_000, "mnist/test", 10_000]);
});

test("IDX files are a pair, or images without labels; test images have the classes of the training images", async () => {
  const [images, held] = await loadTrainAndTest(writeImages("a", [0, 1, 2]), writeImages("b", [1, 0]));
  expect([images.count, images.classes]).toEqual([3, ["0", "1", "2"]]);
  expect([held.count, held.classes]).toEqual([2, ["0", "1", "2"]]);
  expect((await loadData(at("a.idx"), train)).labels).toBeUndefined();
});

test("a folder of PNG images has its sub-folders as classes", async () => {
  const png = renderGrid(new Float32Array(4), { height: 2, width: 2, channels: 1, scale: 1, gap: 0 });
  for (const name of ["cat", "dog"]) {
    mkdirSync(join(at("pets"), name), { recursive: true });
    writeFileSync(join(at("pets"), name, "1.png"), png);
  }
  const { classes, count } = await loadData(at("pets"), train);
  expect([classes, count]).toEqual([["cat", "dog"], 2]);
});

test("what is none of these is refused with what would be", async () => {
  const forms =
    /^invalid-argument: --data: expected mnist, fashion-mnist, IMAGES\.idx,LABELS\.idx, IMAGES\.idx alone .*a folder of PNG/;
  for (const text of ["minst", "", ",", "a,b,c", "images.idx,", at("nowhere")]) {
    expect(await refusal(loadData(text, train)), text).toMatch(forms);
  }
  expect(await refusal(loadTrainAndTest(at("a.idx"), undefined))).toMatch(/^invalid-argument: --test-data: .*a\.idx/);
  expect(await refusal(loadTrainAndTest("mnist", "nothing"))).toMatch(/^invalid-argument: --test-data: expected mnist/);
  expect(await refusal(loadData("no.idx,no-labels.idx", train))).toMatch(/^invalid-file: .*no\.idx/);
});
