import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProjectGraphAsync } from "@nx/devkit";
import { ESLint } from "eslint";
import { beforeAll, expect, test, vi } from "vitest";

/*
 * Negative controls: each rule of eslint.config.js is shown code that breaks it, and must say so. Nothing is written;
 * the code is linted as if it stood at the given path.
 */

const root = fileURLToPath(new URL("../..", import.meta.url));
let eslint: ESLint;

// The first file that is linted waits for the types of all packages.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  // The layer rules read nx's cached project graph, and are silently off when there is none.
  await createProjectGraphAsync();
  eslint = new ESLint({
    cwd: root,
    overrideConfig: {
      files: ["**/lint-control.ts"],
      languageOptions: {
        parserOptions: {
          // The paths below do not exist, so no tsconfig.json includes them.
          projectService: {
            allowDefaultProject: [
              "packages/*/src/lint-control.ts",
              "packages/*/src/node/lint-control.ts",
              "packages/*/src/web/lint-control.ts",
              "packages/*/test/lint-control.ts",
              "apps/*/src/lint-control.ts",
            ],
            maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: 64,
          },
        },
      },
    },
  });
});

/** Names of the rules that object to `code` at `path`; a code that does not parse counts as `parse`. */
async function objections(path: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, path) });
  return (result?.messages ?? []).map(({ ruleId, fatal }) => (fatal === true ? "parse" : (ruleId ?? "unknown")));
}

const BOUNDARIES = "@nx/enforce-module-boundaries";
const IMPORTS = "@typescript-eslint/no-restricted-imports";
const SYNTAX = "no-restricted-syntax";

/** What is forbidden: rule, path of the file, its code. */
const FORBIDDEN: readonly (readonly [rule: string, path: string, code: string])[] = [
  [BOUNDARIES, "packages/engine/src/lint-control.ts", `export * from "@nextscale/refinement-core";`],
  [BOUNDARIES, "packages/engine/src/lint-control.ts", `export * from "@nextscale/images";`],
  [BOUNDARIES, "packages/refinement-core/src/lint-control.ts", `export * from "@nextscale/images";`],
  [BOUNDARIES, "packages/engine/test/lint-control.ts", `export * from "@nextscale/images";`],
  [BOUNDARIES, "packages/images/src/lint-control.ts", `export * from "nextscale";`],
  [IMPORTS, "packages/images/src/lint-control.ts", `export * from "@nextscale/tools";`],
  [IMPORTS, "apps/cli/src/lint-control.ts", `export * from "@nextscale/tools/testing/chromium.js";`],
  [BOUNDARIES, "packages/images/src/lint-control.ts", `export * from "../../engine/src/errors.js";`],
  [BOUNDARIES, "packages/engine/src/lint-control.ts", `export * from "@nextscale/engine";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export * from "../../../tools/testing/chromium.js";`],
  [IMPORTS, "apps/cli/src/lint-control.ts", `export * from "../../../tools/testing/chromium.js";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export * from "../dist/index.js";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export { readFile } from "node:fs/promises";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export { readFile } from "fs/promises";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export * from "onnxruntime-node";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export type { Tensor } from "onnxruntime-node";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export * from "./node/index.js";`],
  [IMPORTS, "packages/images/src/lint-control.ts", `export * from "@nextscale/engine/node";`],
  [IMPORTS, "packages/engine/src/web/lint-control.ts", `export { readFile } from "node:fs/promises";`],
  [IMPORTS, "packages/engine/src/lint-control.ts", `export * from "onnxruntime-web";`],
  [IMPORTS, "packages/engine/src/node/lint-control.ts", `export * from "onnxruntime-web";`],
  [IMPORTS, "packages/engine/src/node/lint-control.ts", `export * from "../web/index.js";`],
  [SYNTAX, "packages/engine/src/lint-control.ts", `export const load = () => import("node:fs");`],
  [SYNTAX, "packages/engine/src/lint-control.ts", `export const load = () => import("onnxruntime-node");`],
  [SYNTAX, "packages/engine/src/node/lint-control.ts", `export const load = () => import("onnxruntime-web/webgpu");`],
  [SYNTAX, "packages/engine/src/lint-control.ts", `const one = 1;\nexport default one;`],
  [SYNTAX, "packages/engine/src/lint-control.ts", `const one = 1;\nexport { one as default };`],
  [SYNTAX, "packages/engine/src/node/lint-control.ts", `export default 1;`],
  [SYNTAX, "apps/cli/src/lint-control.ts", `export default 1;`],
  [SYNTAX, "packages/engine/src/index.ts", `export const one = 1;`],
  [SYNTAX, "packages/engine/src/index.ts", `console.log("a side effect");`],
  ["no-restricted-properties", "packages/engine/src/lint-control.ts", `export const draw = Math.random();`],
  ["no-restricted-properties", "packages/engine/src/node/lint-control.ts", `export const { random } = Math;`],
  ["no-restricted-properties", "packages/engine/test/lint-control.ts", `export const draw = Math.random();`],
  ["no-restricted-properties", "apps/cli/src/lint-control.ts", `export const draw = Math.random();`],
  ["no-restricted-globals", "packages/engine/src/lint-control.ts", `export const home = process.env.HOME;`],
  ["no-console", "packages/engine/src/lint-control.ts", `console.log("progress");`],
  ["max-lines", "packages/engine/src/lint-control.ts", "// a line\n".repeat(401)],
  ["@typescript-eslint/no-floating-promises", "packages/engine/src/lint-control.ts", `Promise.resolve(1);`],
  ["@typescript-eslint/no-floating-promises", "packages/engine/test/lint-control.ts", `Promise.resolve(1);`],
  [
    "@typescript-eslint/no-misused-promises",
    "packages/engine/src/lint-control.ts",
    `export const odd = [1, 2].filter(async (x) => x % 2 === 1);\nif (Promise.resolve(true)) throw new Error("never");`,
  ],
  [
    "@typescript-eslint/switch-exhaustiveness-check",
    "packages/engine/src/lint-control.ts",
    `export function f(x: "a" | "b"): number { switch (x) { case "a": return 1; } return 0; }`,
  ],
  ["@typescript-eslint/no-explicit-any", "packages/engine/src/lint-control.ts", `export const x: any = 1;`],
];

/** What is allowed: the neighbours of the forbidden, so that no rule objects to everything. */
const ALLOWED: readonly (readonly [path: string, code: string])[] = [
  ["packages/refinement-core/src/lint-control.ts", `export { philox4x32 } from "@nextscale/engine";`],
  ["packages/images/src/lint-control.ts", `export { philox4x32 } from "@nextscale/engine";`],
  ["packages/engine/src/node/lint-control.ts", `export { readFile } from "node:fs/promises";`],
  ["packages/engine/src/node/lint-control.ts", `export const home = process.env.HOME;`],
  ["packages/engine/test/lint-control.ts", `export { philox4x32 } from "@nextscale/engine";`],
  ["packages/engine/test/lint-control.ts", `export { readFile } from "node:fs/promises";`],
  ["apps/cli/src/lint-control.ts", `export { readFile } from "node:fs/promises";`],
  ["apps/cli/src/lint-control.ts", `export { philox4x32 } from "@nextscale/engine";`],
  ["packages/engine/src/lint-control.ts", `export const root = Math.sqrt(2);`],
  ["packages/engine/src/index.ts", `export { philox4x32 } from "./random/philox.js";`],
];

// By path: the types of a package are read anew when another package was looked at in between.
for (const path of new Set([...FORBIDDEN.map(([, path]) => path), ...ALLOWED.map(([path]) => path)].sort())) {
  for (const [rule, , code] of FORBIDDEN.filter(([, own]) => own === path)) {
    test(`${rule} objects in ${path} to: ${code.slice(0, 80)}`, async () => {
      expect(await objections(path, code)).toContain(rule);
    });
  }
  for (const [, code] of ALLOWED.filter(([own]) => own === path)) {
    test(`nothing objects in ${path} to: ${code}`, async () => {
      expect(await objections(path, code)).toEqual([]);
    });
  }
}

/** The text of a manifest with one dependency section changed. */
function manifestWith(path: string, change: (dependencies: Record<string, string>) => void): string {
  const manifest = JSON.parse(readFileSync(join(root, path), "utf8")) as { dependencies: Record<string, string> };
  change(manifest.dependencies);
  return JSON.stringify(manifest, null, 2);
}

const ENGINE = "packages/engine/package.json";

test("the manifest rule objects to a missing, an unused and a mismatched dependency, and to nothing else", async () => {
  const missing = manifestWith(ENGINE, (dependencies) => delete dependencies["@tensorflow/tfjs-core"]);
  const unused = manifestWith(ENGINE, (dependencies) => (dependencies["fast-check"] = "4.10.2"));
  const mismatched = manifestWith(ENGINE, (dependencies) => (dependencies["@tensorflow/tfjs-core"] = "3.0.0"));
  for (const text of [missing, unused, mismatched]) {
    expect(await objections(ENGINE, text)).toEqual(["@nx/dependency-checks"]);
  }
  expect(await objections(ENGINE, readFileSync(join(root, ENGINE), "utf8"))).toEqual([]);
});
