import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "vitest";

/** Reads the lines of a file of `NEXTSCALE_DATA/graphs`. */
export type ReadLines = (file: string) => string[];

/** Thousands of molecules take seconds, and a multiple of that beside other work. */
const MOST_MS = 120_000;

/** A test of files in the folder `graphs` of `NEXTSCALE_DATA`, skipped with the reason where one is absent. */
export function testWithData(files: readonly string[], name: string, body: (lines: ReadLines) => Promise<void>): void {
  const folder = join(process.env["NEXTSCALE_DATA"] ?? "", "graphs");
  const absent = files.filter((file) => !existsSync(join(folder, file)));
  const lines: ReadLines = (file) =>
    gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .trim()
      .split("\n");
  if (absent.length === 0) test(name, () => body(lines), MOST_MS);
  else test.skip(`${name} (skipped: needs graphs/${absent.join(", graphs/")})`, () => undefined);
}

/** Every `step`-th line from `first` on. */
export function every(step: number, lines: readonly string[], first = 0): string[] {
  return lines.filter((_, i) => i % step === first);
}
