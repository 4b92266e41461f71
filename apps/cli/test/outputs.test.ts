import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReceipt, sha256 } from "@nextscale/refinement-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { earlierPictures } from "../src/images/earlier-pictures.js";
import { receiptOf, requireWritable, writeOutputs, type FolderOutput } from "../src/outputs.js";

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), "nextscale-outputs-"))));
afterEach(() => rmSync(home, { recursive: true, force: true }));
const at = (...names: string[]) => join(home, ...names);
const read = (...names: string[]) => readFileSync(at(...names), "utf8");

const invocation = { args: ["images", "sample"], signal: new AbortController().signal };
const facts = {
  modelHash: "0a".repeat(32),
  seed: 1,
  engine: "tfjs/wasm",
  networkEvaluations: 5,
  options: { temperature: 0.5 },
  began: performance.now(),
};
const pictures = (name: string, files: FolderOutput["files"], replaced: readonly string[] = []) =>
  writeOutputs({ path: at(name), files, replaced }, facts, invocation);

test("files and receipts are written, the receipts with options, hashes and the versions behind the engine", async () => {
  const outputs = [
    { path: at("new", "a.png"), content: "a" },
    { path: at("new", "b.png"), content: "b" },
  ];
  const names = ["a.png", "a.png.receipt.json", "b.png", "b.png.receipt.json"];
  expect(await writeOutputs(outputs, facts, invocation)).toEqual(names.map((name) => at("new", name)));
  expect(readdirSync(at("new"))).toEqual(names);
  const receipt = parseReceipt(readFileSync(at("new", "b.png.receipt.json")));
  expect(receipt).toMatchObject({
    options: { temperature: 0.5 },
    outputs: [{ file: "b.png", bytes: 1, sha256: await sha256(new TextEncoder().encode("b")) }],
  });
  expect(receipt.processors).toBeGreaterThan(0);
  expect(Object.keys(receipt.versions)).toEqual([
    "nextscale",
    "node",
    "@tensorflow/tfjs-core",
    "@tensorflow/tfjs-backend-wasm",
  ]);
});

test("an output that could not get its receipt has none of an earlier one", async () => {
  writeFileSync(at("f.nc"), "first");
  await receiptOf(at("f.nc"), facts, invocation);
  writeFileSync(at("f.nc"), "second");
  const refused = receiptOf(at("f.nc"), { ...facts, seed: -1 }, invocation);
  await expect(refused).rejects.toMatchObject({ code: "invalid-argument" });
  expect(readdirSync(home)).toEqual(["f.nc"]);
});

test("what was there before a failure is there after it", async () => {
  const older = [
    { path: at("grid.png"), content: "old grid" },
    { path: at("strip.png"), content: "old strip" },
  ];
  await writeOutputs(older, facts, invocation);
  rmSync(at("strip.png.receipt.json"));
  const before = Object.fromEntries(readdirSync(home).map((name) => [name, read(name)]));
  // Nothing that is staged can take the name of a folder: the last receipt fails after everything else is ready.
  mkdirSync(at("strip.png.receipt.json"));
  const newer = older.map(({ path }) => ({ path, content: "new" }));
  await expect(writeOutputs(newer, facts, invocation)).rejects.toMatchObject({ code: "unwritable" });
  rmSync(at("strip.png.receipt.json"), { recursive: true });
  expect(Object.fromEntries(readdirSync(home).map((name) => [name, read(name)]))).toEqual(before);
});

test("a file that was given its name loses it again when what follows fails", async () => {
  await pictures("digits", { "000000-7.png": "old" });
  const before = read("digits.receipt.json");
  writeFileSync(at("digits", "mine.txt"), "mine");
  // The folder is replaced last, and refuses.
  await expect(pictures("digits", { "000000-7.png": "new" })).rejects.toMatchObject({ code: "unwritable" });
  expect(read("digits.receipt.json")).toBe(before);
  expect(readdirSync(home)).toEqual(["digits", "digits.receipt.json"]);
  await expect(pictures("fresh", { "no/name": "new" })).rejects.toMatchObject({ code: "invalid-argument" });
  expect(readdirSync(home)).toEqual(["digits", "digits.receipt.json"]);
});

test.skipIf(!existsSync("/dev/full"))("a device that is full fails before anything is replaced", async () => {
  writeFileSync(at("a.png"), "old");
  const outputs = [
    { path: at("a.png"), content: "new" },
    { path: "/dev/full", content: "new" },
  ];
  await expect(writeOutputs(outputs, facts, invocation)).rejects.toMatchObject({ code: "unwritable", got: "ENOSPC" });
  expect(readdirSync(home)).toEqual(["a.png"]);
  expect(read("a.png")).toBe("old");
});

test("a link is followed", async () => {
  mkdirSync(at("real"));
  writeFileSync(at("real", "a.png"), "old");
  symlinkSync(at("real", "a.png"), at("a.png"));
  await writeOutputs([{ path: at("a.png"), content: "new" }], facts, invocation);
  expect(read("real", "a.png")).toBe("new");
  symlinkSync(at("real", "later.png"), at("b.png"));
  await writeOutputs([{ path: at("b.png"), content: "first" }], facts, invocation);
  expect(read("real", "later.png")).toBe("first");
});

test("a name that leaves no room for hidden ones is refused before the work", async () => {
  await requireWritable(at("n".repeat(100)));
  await expect(requireWritable(at("n".repeat(245)))).rejects.toMatchObject({ got: "too long a name" });
});

test("a failure under a hidden name is told under the user's", async () => {
  const long = { path: at(`${"n".repeat(240)}.png`), content: "new" };
  await expect(writeOutputs([long], facts, invocation)).rejects.toMatchObject({
    expected: `to write ${long.path}`,
    got: "ENAMETOOLONG",
  });
});

test("pictures of an earlier run are replaced, all others refused", async () => {
  expect(await earlierPictures(at("digits"))).toEqual([]);
  mkdirSync(at("digits"));
  expect(await earlierPictures(at("digits"))).toEqual([]);
  await pictures("digits", { "000000-7.png": "seven", "000001-8.png": "eight" });
  const generated = await earlierPictures(`${at("digits")}/`);
  expect(generated).toEqual(["000000-7.png", "000001-8.png"]);
  await pictures("digits", { "000000-1.png": "one" }, generated);
  expect(readdirSync(at("digits"))).toEqual(["000000-1.png"]);

  const refused = (got: RegExp) =>
    expect(earlierPictures(at("digits"))).rejects.toMatchObject({
      code: "unwritable",
      got: expect.stringMatching(got) as string,
    });
  writeFileSync(at("digits", "000001.png"), "a photograph");
  await refused(/000001\.png in it, which no earlier run wrote/);
  rmSync(at("digits", "000001.png"));
  writeFileSync(at("digits", "000000-1.png"), "retouched");
  await refused(/000000-1\.png in it, changed since/);
  rmSync(at("digits.receipt.json"));
  await refused(/without a readable receipt/);
  writeFileSync(at("digits.receipt.json"), "{}");
  await refused(/without a readable receipt/);
});

test("a model is no picture, though a receipt records it; the current folder is none to replace", async () => {
  await pictures("model", { "model.json": "{}", "weights.safetensors": "w" });
  await expect(earlierPictures(at("model"))).rejects.toMatchObject({ code: "unwritable" });
  await expect(earlierPictures(".")).rejects.toMatchObject({ got: "the current folder" });
});

test("what could not be written in the end is refused at the beginning", async () => {
  mkdirSync(at("folder"));
  writeFileSync(at("file"), "mine");
  mkdirSync(at("taken.json.receipt.json"));
  for (const [path, got] of [
    [at("folder"), /the name of a folder/],
    [`${at("later")}/`, /the name of a folder/],
    [at("file", "x.json"), /ENOTDIR/],
    [at("file", "x", "y.json"), /ENOTDIR/],
    [at("taken.json"), /a folder of that name/],
  ] as const) {
    await expect(requireWritable(path, "file"), path).rejects.toMatchObject({
      code: "unwritable",
      got: expect.stringMatching(got) as string,
    });
  }
  await expect(requireWritable(at("file"), "folder")).rejects.toMatchObject({ code: "unwritable" });
  await requireWritable(at("file"), "file");
  await requireWritable(at("folder"), "folder");
  await requireWritable(at("a", "b", "c.json"), "file");
  await requireWritable("/dev/null", "file");
  expect(readdirSync(home)).toEqual(["file", "folder", "taken.json.receipt.json"]);
});

/** Access is that of the real user, and root's has no limits: as root the check runs in a process of nobody's. */
const asUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

test("a file in a folder of somebody else's is refused although it can be changed", ({ skip }) => {
  const probe = spawnSync("test", ["-r", import.meta.filename], asUser);
  skip(process.getuid === undefined || probe.status !== 0, "needs a user who is not root and may read this repository");
  mkdirSync(at("theirs"));
  writeFileSync(at("theirs", "open.json"), "");
  chmodSync(home, 0o755);
  chmodSync(at("theirs", "open.json"), 0o666);
  chmodSync(at("theirs"), 0o555);
  const module = new URL("../src/outputs.ts", import.meta.url).href;
  const code = `import { requireWritable } from ${JSON.stringify(module)};
    console.log(await requireWritable(process.argv[1], "file").then(() => "writable", (error) => error.got));`;
  const flags = ["--import", "tsx", "--conditions=@nextscale/source", "--input-type=module", "--eval", code];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, at("theirs", "open.json")], {
    encoding: "utf8",
    env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    ...asUser,
  });
  expect(stdout.trim(), stderr).toBe(`EACCES at ${at("theirs")}`);
});
