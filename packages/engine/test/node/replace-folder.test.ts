import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readFolder, replaceFolder } from "../../src/node/replace-folder.js";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

test("writes, replaces and reads a folder, and leaves nothing beside it", async () => {
  const path = join(folder, "runs", "mnist");
  await replaceFolder(path, { "model.json": "{}", "weights.bin": Uint8Array.of(1, 2) });
  await replaceFolder(path, { "model.json": "[]", "weights.bin": Uint8Array.of(3) });
  expect(readdirSync(join(folder, "runs"))).toEqual(["mnist"]);
  const files = await readFolder(path, ["model.json", "weights.bin"], ["moments.bin"]);
  expect(text(files["model.json"])).toBe("[]");
  expect([...files["weights.bin"]]).toEqual([3]);
  expect(files["moments.bin"]).toBeUndefined();
});

test("names of an earlier version go when they are announced", async () => {
  const path = join(folder, "m");
  await replaceFolder(path, { a: "1", moments: "2" });
  await replaceFolder(path, { a: "3" }, ["moments"]);
  expect(readdirSync(path)).toEqual(["a"]);
});

test("never deletes what it does not know", async () => {
  const path = join(folder, "home");
  mkdirSync(path);
  writeFileSync(join(path, "thesis.tex"), "years");
  await expect(replaceFolder(path, { a: "1" })).rejects.toMatchObject({
    code: "unwritable",
    got: expect.stringContaining("thesis.tex") as string,
  });
  await expect(replaceFolder(join(path, "thesis.tex"), { a: "1" })).rejects.toMatchObject({ code: "unwritable" });
  expect(readFileSync(join(path, "thesis.tex"), "utf8")).toBe("years");
  expect(readdirSync(folder)).toEqual(["home"]);
});

test("never moves the current folder away", async () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    await expect(replaceFolder(".", { a: "1" })).rejects.toMatchObject({
      code: "unwritable",
      fix: "name a sub-folder",
    });
  } finally {
    process.chdir(before);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("only plain names are files of a folder", async () => {
  for (const name of ["../x", "a/b", "", ".", ".."]) {
    await expect(replaceFolder(join(folder, "m"), { [name]: "" })).rejects.toMatchObject({ code: "invalid-argument" });
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a linked folder is replaced where it really is", async () => {
  const path = join(folder, "real");
  await replaceFolder(path, { a: "1" });
  symlinkSync("real", join(folder, "link"));
  await replaceFolder(join(folder, "link"), { a: "2" });
  expect(text((await readFolder(path, ["a"])).a)).toBe("2");
  expect(readdirSync(folder).sort()).toEqual(["link", "real"]);
});

test("between the two renames the old folder is read, and the next replacement tidies up", async () => {
  const path = join(folder, "m");
  await replaceFolder(path, { a: "old" });
  renameSync(path, join(folder, ".m.previous"));
  expect(text((await readFolder(path, ["a"])).a)).toBe("old");
  await replaceFolder(path, { a: "new" });
  expect(text((await readFolder(path, ["a"])).a)).toBe("new");
  expect(readdirSync(folder)).toEqual(["m"]);
});

test("reading what is not there is a typed error", async () => {
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "empty"));
  for (const [path, got] of [
    ["none", "no such folder"],
    ["file", "ENOTDIR"],
    ["empty", "a: missing"],
    ["file/x", "ENOTDIR"],
    ["a\0", "ERR_INVALID_ARG_VALUE"],
  ] as const) {
    await expect(readFolder(join(folder, path), ["a"])).rejects.toMatchObject({
      code: "invalid-file",
      message: expect.stringContaining(got) as string,
    });
  }
});

/** Reads one version: throws when the folder is missing or mixes two versions. */
async function readVersion(path: string): Promise<number> {
  const files = await readFolder(path, ["model.json", "weights.bin"]);
  const { version } = JSON.parse(text(files["model.json"])) as { version: number };
  const weights = files["weights.bin"];
  if (weights.length !== 200_000 || !weights.every((value) => value === version % 251))
    throw new Error("mixed versions");
  return version;
}

const contentOf = (version: number) => ({
  "model.json": JSON.stringify({ version }),
  "weights.bin": new Uint8Array(200_000).fill(version % 251),
});

test("a reader at any time sees one whole version, and versions only grow", async () => {
  const path = join(folder, "m");
  await replaceFolder(path, contentOf(0));
  let writing = true;
  const writer = (async () => {
    for (let version = 1; version <= 25; version++) await replaceFolder(path, contentOf(version));
    writing = false;
  })();
  const seen: number[] = [];
  while (writing) seen.push(await readVersion(path));
  await writer;
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(new Set(seen).size).toBeGreaterThan(1);
});

test("negative control: the reader notices a folder that is deleted, half written or mixed", async () => {
  const path = join(folder, "m");
  await replaceFolder(path, contentOf(0));
  expect(await readVersion(path)).toBe(0);
  writeFileSync(join(path, "model.json"), contentOf(1)["model.json"]);
  await expect(readVersion(path)).rejects.toThrow("mixed versions");
  rmSync(join(path, "weights.bin"));
  await expect(readVersion(path)).rejects.toThrow("weights.bin: missing");
  rmSync(path, { recursive: true });
  await expect(readVersion(path)).rejects.toThrow("no such folder");
});

test("kill -9 at any moment leaves one whole version, and the next writer carries on", async () => {
  const path = join(folder, "m");
  const fixture = fileURLToPath(new URL("replacing-writer.fixture.ts", import.meta.url));
  let version = -1;
  for (let round = 0; round < 5; round++) {
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), fixture, path, String(version + 1)]);
    await once(child.stdout, "data");
    await wait(20 + 7 * round);
    child.kill("SIGKILL");
    await once(child, "exit");
    const next = await readVersion(path);
    expect(next).toBeGreaterThan(version);
    version = next;
  }
  await replaceFolder(path, contentOf(version + 1));
  expect(readdirSync(folder)).toEqual(["m"]);
});
