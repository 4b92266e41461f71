import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeIdx } from "@nextscale/images";
import { loadMnist } from "@nextscale/images/node";
import { parseReceipt } from "@nextscale/refinement-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inOwnProcess, nextscale } from "../nextscale.js";

/* Trainings of a moment on images of one's own, one of them in a process as the user runs it. */

const folder = mkdtempSync(join(tmpdir(), "nextscale-train-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let train: string[];
beforeAll(async () => {
  const { images, labels } = await loadMnist("train");
  writeFileSync(at("images.idx"), writeIdx([40, 28, 28], images.subarray(0, 40 * 784)));
  writeFileSync(at("labels.idx"), writeIdx([40], labels!.subarray(0, 40)));
  const data = `${at("images.idx")},${at("labels.idx")}`;
  train = ["images", "train", "--preset", "tiny", "--data", data, "--out", at("model")];
});

test("resuming needs something to resume, trains no step twice, and its receipt says whose time it is", async () => {
  const nothing = await nextscale([...train, "--resume"]);
  expect(nothing.stderr).toMatch(/expected an earlier training to go on with, in .*model\.training, got none/);
  expect(nothing.status).toBe(1);

  expect(await inOwnProcess(train)).toMatchObject({ status: 0, stderr: "" });
  const whole = parseReceipt(readFileSync(at("model.receipt.json")));
  expect(whole).toMatchObject({ engine: "onnxruntime-node/cpu", networkEvaluations: 70 });
  expect(whole.resumedAt).toBeUndefined();
  const description = JSON.parse(readFileSync(at("model/model.json"), "utf8")) as { data: { name: string } };
  expect(description.data.name).toBe("images.idx");

  expect(await nextscale(train)).toMatchObject({ status: 1, stdout: "" });
  const resumed = await nextscale([...train, "--resume", "--json"]);
  expect(resumed).toMatchObject({ status: 0, stderr: "" });
  expect(JSON.parse(resumed.stdout)).toMatchObject({ resumedAt: 70, steps: 70, modelHash: whole.modelHash });
  expect(parseReceipt(readFileSync(at("model.receipt.json")))).toMatchObject({ resumedAt: 70, networkEvaluations: 70 });
}, 60_000);

test("images that are none are named before anything is trained", async () => {
  const words = ["images", "train", "--preset", "tiny", "--data", "minst", "--out", at("no")];
  const { status, stderr } = await nextscale(words);
  expect(stderr).toMatch(/^nextscale: --data: expected mnist, fashion-mnist, IMAGES\.idx,LABELS\.idx, .*got minst/);
  expect(status).toBe(1);
}, 30_000);
