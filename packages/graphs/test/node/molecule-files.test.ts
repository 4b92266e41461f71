import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSdfFile, readSmilesFile, writeSdfFile, writeSmilesFile } from "../../src/node/chemistry/molecule-files.js";
import { textOf } from "../../src/node/unpacked.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("files come back, packed and not", async () => {
  const molecules = [{ smiles: "CCO", name: "ethanol" }, { smiles: "C", name: "" }]; // prettier-ignore
  for (const name of ["a.smi", "a.smi.gz"]) {
    const path = join(folder, name);
    await writeSmilesFile(path, molecules);
    expect(await readSmilesFile(path)).toEqual(molecules.map((molecule, i) => ({ ...molecule, line: i + 1 })));
  }
  expect(gunzipSync(readFileSync(join(folder, "a.smi.gz"))).toString()).toBe("CCO ethanol\nC\n");
  const path = join(folder, "a.sdf.gz");
  await writeSdfFile(path, [{ molblock: "M  END\n", properties: { a: "1" } }]);
  expect(await readSdfFile(path)).toEqual([{ line: 1, molblock: "M  END\n", properties: { a: "1" } }]);
});

test("files that cannot be read are told", async () => {
  const path = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const packed = gzipSync("C\n".repeat(1000));
  await expect(readSmilesFile(join(folder, "absent"))).rejects.toThrow("got no such file");
  await expect(readSmilesFile(folder)).rejects.toThrow("got a folder");
  await expect(readSmilesFile(path("cut.gz", packed.subarray(0, 20)))).rejects.toThrow("gzip that is cut off");
  await expect(readSmilesFile(path("damaged.gz", packed.fill(7, 12, 20)))).rejects.toThrow("damaged gzip");
  await expect(readSmilesFile(path("binary", Uint8Array.of(67, 255, 254)))).rejects.toThrow(
    "to be UTF-8, got other bytes",
  );
});

test("a small file that unpacks to a large one is refused", async () => {
  const bomb = join(folder, "bomb.gz");
  writeFileSync(bomb, gzipSync(Buffer.alloc(1_000_000)));
  await expect(textOf("here", bomb, 100_000)).rejects.toThrow(
    `here: expected ${bomb} to be at most 100000 bytes, unpacked, got more`,
  );
  expect((await textOf("here", bomb, 1_000_000)).length).toBe(1_000_000);
  await expect(textOf("here", bomb, 100)).rejects.toThrow("at most 100 bytes, unpacked, got more");
});
