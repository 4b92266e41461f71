import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomic } from "../../src/node/atomic-write.js";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "nextscale-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unwritable = (part: string) =>
  expect.objectContaining({ code: "unwritable", message: expect.stringContaining(part) as string });

test("writes text and bytes, into new folders too, and leaves nothing beside them", async () => {
  const path = join(folder, "a", "b", "digits.png");
  await writeFileAtomic(path, Uint8Array.of(1, 2, 3));
  expect([...readFileSync(path)]).toEqual([1, 2, 3]);
  await writeFileAtomic(path, "größe");
  expect(readFileSync(path, "utf8")).toBe("größe");
  expect(readdirSync(join(folder, "a", "b"))).toEqual(["digits.png"]);
});

test("writers at the same time each succeed, and one of them wins whole", async () => {
  const path = join(folder, "x");
  const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(contents.map((content) => writeFileAtomic(path, content)));
  expect(contents).toContain(readFileSync(path, "utf8"));
  expect(readdirSync(folder)).toEqual(["x"]);
});

test.each([true, false])("a link is followed, not replaced; the file it names exists: %s", async (exists) => {
  mkdirSync(join(folder, "links"));
  if (exists) writeFileSync(join(folder, "real"), "old");
  symlinkSync("../real", join(folder, "links", "link"));
  await writeFileAtomic(join(folder, "links", "link"), "new");
  expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
  expect(readdirSync(folder).sort()).toEqual(["links", "real"]);
  expect(readdirSync(join(folder, "links"))).toEqual(["link"]);
});

test("threads of one process write one path at the same time", async () => {
  const path = join(folder, "x");
  const module = JSON.stringify(new URL("../../src/node/atomic-write.ts", import.meta.url).href);
  const script = `
    import(${JSON.stringify(import.meta.resolve("tsx/esm/api"))}).then(async ({ register }) => {
      register();
      const { writeFileAtomic } = await import(${module});
      const { workerData: { path, letter, waiting } } = await import("node:worker_threads");
      // All begin at once.
      if (Atomics.sub(waiting, 0, 1) === 1) Atomics.notify(waiting, 0);
      for (let left; (left = Atomics.load(waiting, 0)) > 0; ) Atomics.wait(waiting, 0, left, 20);
      for (let i = 0; i < 40; i++) await writeFileAtomic(path, letter.repeat(50_000));
    });
  `;
  const waiting = new Int32Array(new SharedArrayBuffer(4)).fill(3);
  const endings = ["a", "b", "c"].map(async (letter) => {
    const worker = new Worker(script, { eval: true, workerData: { path, letter, waiting }, execArgv: [] });
    const [code] = (await once(worker, "exit")) as [number];
    return code;
  });
  expect(await Promise.all(endings)).toEqual([0, 0, 0]);
  expect(readFileSync(path, "utf8")).toMatch(/^(a{50000}|b{50000}|c{50000})$/);
  expect(readdirSync(folder)).toEqual(["x"]);
});

test("removes what a killed process left, and only that", async () => {
  // The highest process id Linux can give is 2^22, so this process cannot be alive.
  const dead = `.x.${hostname()}.99999999.0123abcd.0.tmp`;
  const earlierOfOurId = `.x.${hostname()}.${process.pid}.0123abcd.0.tmp`;
  const kept = [
    `.x.elsewhere.99999999.0123abcd.0.tmp`,
    `.x.${hostname()}.${process.pid}.4567cdef.77.tmp`,
    `.x.${hostname()}.notes`,
    ".y.tmp",
  ];
  for (const name of [dead, earlierOfOurId, ...kept]) writeFileSync(join(folder, name), "");
  // As a container leaves it in which this program was process 1 too, before it was killed.
  utimesSync(join(folder, earlierOfOurId), new Date(2020, 1, 1), new Date(2020, 1, 1));
  await writeFileAtomic(join(folder, "x"), "new");
  expect(readdirSync(folder).sort()).toEqual([...kept, "x"].sort());
});

test("says what to do when the path cannot be written", async () => {
  writeFileSync(join(folder, "file"), "");
  mkdirSync(join(folder, "taken"));
  await expect(writeFileAtomic(join(folder, "file", "x"), "")).rejects.toEqual(
    unwritable("a part of the path is a file"),
  );
  await expect(writeFileAtomic(join(folder, "taken"), "")).rejects.toEqual(unwritable("the path is a folder"));
  await expect(writeFileAtomic(join(folder, "n".repeat(300)), "")).rejects.toEqual(unwritable("choose a shorter path"));
  await expect(writeFileAtomic("a\0b", "")).rejects.toEqual(unwritable("choose another place"));
  await expect(writeFileAtomic(join(folder, "file", "x", "y"), "")).rejects.toEqual(
    unwritable("a part of the path is a file"),
  );
  expect(readdirSync(folder).sort()).toEqual(["file", "taken"]);
});

test.skipIf(!existsSync("/dev/full"))("a full device is an error that says so, and stays a device", async () => {
  await expect(writeFileAtomic("/dev/full", "x")).rejects.toEqual(unwritable("the disk is full"));
  await writeFileAtomic("/dev/null", "x");
  expect(readFileSync("/dev/null", "utf8")).toBe("");
});

const writer = fileURLToPath(new URL("limited-writer.fixture.ts", import.meta.url));
const tsx = import.meta.resolve("tsx");

test.skipIf(process.platform === "win32").each(["file", "folder"])(
  "a write that stops half way leaves the old %s and nothing beside it",
  (kind) => {
    const path = join(folder, "out");
    const old = kind === "file" ? path : join(path, "weights.bin");
    if (kind === "folder") mkdirSync(path);
    writeFileSync(old, "old");
    // A file-size limit of 200 KiB stands for a disk that fills up; with SIGXFSZ ignored it is the error EFBIG.
    const limited = `trap '' XFSZ; ulimit -f 200; exec "$@"`;
    const command = ["-c", limited, "sh", process.execPath, "--import", tsx, writer, kind, path];
    const { stdout } = spawnSync("bash", command, {
      encoding: "utf8",
      env: { ...process.env, TSX_DISABLE_CACHE: "1" },
    });
    expect(stdout).toContain("unwritable: ");
    expect(stdout).toContain("larger than the system allows");
    expect(readFileSync(old, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["out"]);
  },
);

/** A file system of 256 KiB at `path`, where this user may mount one. */
function mountTinyDisk(path: string): boolean {
  mkdirSync(path);
  return spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", path]).status === 0;
}

test("a disk that fills up leaves the old file and nothing beside it", async ({ skip }) => {
  const disk = join(folder, "disk");
  if (!mountTinyDisk(disk)) skip("needs the right to mount a file system");
  try {
    const path = join(disk, "out");
    await writeFileAtomic(path, "old");
    await expect(writeFileAtomic(path, new Uint8Array(1_000_000))).rejects.toEqual(unwritable("the disk is full"));
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(disk)).toEqual(["out"]);
  } finally {
    execFileSync("umount", [disk]);
  }
});
