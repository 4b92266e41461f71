import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { equiangularGrid } from "../../src/grid/grid.js";
import { openDatasetWriter } from "../../src/node/dataset-file.js";
import { ingest, type IngestOptions } from "../../src/node/ingest.js";
import { serveStore, weatherStore } from "./store.fixture.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nextscale-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL("disk-full.fixture.ts", import.meta.url));
const loader = ["--import", import.meta.resolve("tsx"), "--conditions", "@nextscale/source"];

const EXTENSIONS = [".nc", ".nc4", ".zarr"];

test.skipIf(process.platform === "win32")(
  "a data set larger than the system allows is an error that says so, and nothing of it is left",
  () => {
    const paths = EXTENSIONS.map((extension) => join(folder, `data${extension}`));
    const run = (kilobytes: number) => {
      // With SIGXFSZ ignored a limit of the size of files is the error EFBIG.
      const limited = `trap '' XFSZ; ulimit -f ${kilobytes}; exec "$@"`;
      const command = ["-c", limited, "sh", process.execPath, ...loader, script, ...paths];
      const env = { ...process.env, TSX_DISABLE_CACHE: "1" };
      return spawnSync("bash", command, { encoding: "utf8", env }).stdout.trim().split("\n");
    };
    expect(run(200)).toEqual(
      paths.map(() => expect.stringMatching(/^unwritable: .*larger than the system allows/) as string),
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(run(2000)).toEqual(paths.map(() => "written"));
  },
  60_000,
);

/** A file system of 256 KiB at `path`, where this user may mount one. */
function mountTinyDisk(path: string): boolean {
  mkdirSync(path);
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path]).status === 0;
}

test("a disk that fills up is an error that says so, and nothing of the data set is left", async ({ skip }) => {
  const disk = join(folder, "disk");
  if (!mountTinyDisk(disk)) skip("needs the right to mount a file system");
  try {
    const definition = {
      dimensions: { t: 4, x: 25_000 },
      attributes: {},
      variables: [{ name: "a", type: "float", dimensions: ["t", "x"], attributes: {}, chunks: { t: 1 } }],
    } as const;
    const full = expect.objectContaining({
      code: "unwritable",
      message: expect.stringContaining("the disk is full") as string,
    });
    for (const extension of EXTENSIONS) {
      const fill = async (): Promise<void> => {
        const writer = await openDatasetWriter(join(disk, `data${extension}`), definition);
        for (let t = 0; t < 4; t++) await writer.write("a", { t }, new Float32Array(25_000).fill(1));
        await writer.finish();
      };
      await expect(fill(), extension).rejects.toEqual(full);
      expect(readdirSync(disk), extension).toEqual([]);
      // Attributes that do not fit: nothing is open yet.
      const attributes = { history: "x".repeat(500_000) };
      await expect(
        openDatasetWriter(join(disk, `data${extension}`), { ...definition, attributes }),
      ).rejects.toMatchObject({
        code: "unwritable",
      });
      expect(readdirSync(disk), extension).toEqual([]);
    }
  } finally {
    execFileSync("umount", [disk]);
  }
});

test("an ingestion that fills the disk leaves whole chunks, and goes on when there is room", async ({ skip }) => {
  const disk = join(folder, "disk");
  if (!mountTinyDisk(disk)) skip("needs the right to mount a file system");
  const server = await serveStore(await weatherStore());
  try {
    const options: IngestOptions = {
      source: server.url,
      target: join(disk, "weather.zarr"),
      variables: [{ name: "geopotential" }, { name: "temperature" }],
      years: [2020, 2020],
      stepHours: 12,
      grid: equiangularGrid(16, 32),
    };
    await expect(ingest(options)).rejects.toThrow("the disk is full");
    expect(readdirSync(disk)).toEqual([".weather.zarr.ingest"]);
    execFileSync("mount", ["-o", "remount,size=8m", disk]);
    const progress: number[] = [];
    await ingest({ ...options, onProgress: (done) => progress.push(done) });
    expect(progress.at(-1)).toBe(6);
    expect(readdirSync(disk)).toEqual(["weather.zarr"]);
  } finally {
    await server.close();
    execFileSync("umount", [disk]);
  }
}, 60_000);
