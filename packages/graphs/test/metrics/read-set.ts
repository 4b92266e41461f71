import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { test } from "vitest";
import { graphOf, type Edge, type Graph } from "../../src/index.js";

const ROOT = join(process.env["NEXTSCALE_DATA"] ?? "", "graphs");

/** A test of sets `graphs/<set>` of `NEXTSCALE_DATA`, skipped with the reason where one is absent. */
export function testWithSets(sets: readonly string[], name: string, body: () => void): void {
  const absent = sets.find((set) => !existsSync(join(ROOT, set)));
  if (absent === undefined) test(name, body);
  else test.skip(`${name} (skipped: needs graphs/${absent})`, () => undefined);
}

/** The graphs of a set, or of one part of its split. */
export function readSet(set: string, split?: "train" | "val" | "test"): readonly Graph[] {
  const file = readdirSync(join(ROOT, set)).find((name) => name.endsWith(".jsonl.gz"))!;
  const lines = gunzipSync(readFileSync(join(ROOT, set, file)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { split?: string; n: number; edges: number[]; x?: number[] });
  return lines
    .filter((line) => split === undefined || line.split === split)
    .map(({ n, edges, x }) => {
      const pairs = Array.from({ length: edges.length / 2 }, (_, i): Edge => [edges[2 * i]!, edges[2 * i + 1]!]);
      return graphOf({ nodeCount: n, edges: pairs, ...(x === undefined ? {} : { nodeLabels: x }) });
    });
}

/** The expected values of `graphs/golden_metrics.json`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function golden(): any {
  return JSON.parse(readFileSync(join(ROOT, "golden_metrics.json"), "utf8"));
}
