import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "vitest";

/** A test of the set `graphs/<set>` of `NEXTSCALE_DATA`, skipped with the reason where it is absent. */
export function testWithSet(set: string, name: string, body: () => Promise<void>): void {
  if (existsSync(join(process.env["NEXTSCALE_DATA"] ?? "", "graphs", set))) test(name, body);
  else test.skip(`${name} (skipped: needs graphs/${set})`, () => undefined);
}
