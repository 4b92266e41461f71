import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readRegularFile } from "../../src/node/read-regular-file.js";
import { readFolder } from "../../src/node/replace-folder.js";

const folder = mkdtempSync(join(tmpdir(), "nextscale-"));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a file and a link to it are read, within the cap", async () => {
  writeFileSync(at("file"), "abc");
  symlinkSync(at("file"), at("link"));
  for (const name of ["file", "link"]) expect(Buffer.from(await readRegularFile(at(name), 3)).toString()).toBe("abc");
  await expect(readRegularFile(at("file"), 2)).rejects.toMatchObject({ code: "3 bytes" });
  await expect(readRegularFile(folder)).rejects.toMatchObject({ code: "EISDIR" });
  await expect(readRegularFile(at("nothing"))).rejects.toMatchObject({ code: "ENOENT" });
});

test.skipIf(process.platform === "win32")("pipes and devices are refused at once, also in a folder", async () => {
  execFileSync("mkfifo", [at("pipe")]);
  await expect(readRegularFile(at("pipe"))).rejects.toMatchObject({ code: "a pipe or device" });
  if (existsSync("/dev/zero")) {
    symlinkSync("/dev/zero", at("endless"));
    await expect(readRegularFile(at("endless"))).rejects.toMatchObject({ code: "a pipe or device" });
  }
  await expect(readFolder(folder, ["pipe"])).rejects.toThrow(/pipe: a pipe or device/);
});
