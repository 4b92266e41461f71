import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";

/** A test of a file of the set `weather/<set>` of `NEXTSCALE_DATA`, skipped with the reason where it is absent. */
export function testWithData(set: string, name: string, body: (folder: string) => Promise<void>): void {
  const folder = join(process.env["NEXTSCALE_DATA"] ?? "", "weather", set);
  if (existsSync(folder)) test(name, () => body(folder));
  else test.skip(`${name} (skipped: needs weather/${set})`, () => undefined);
}
