import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { buildProblem } from "../setup/build.mjs";
import { explainInstallFailure, installProblem, nodeProblem } from "../setup/install.mjs";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "nextscale-setup-"));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function write(path: string, content: unknown = ""): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

test("a Node older than package.json asks for is named, with the version to get", () => {
  write("package.json", { engines: { node: ">=20.19" } });
  expect(nodeProblem(root, "20.18.3")).toContain("expected Node 20.19 or newer, got 20.18.3");
  expect(nodeProblem(root, "18.20.0")).toContain("expected Node 20.19");
  for (const enough of ["20.19.0", "20.20.2", "22.0.0", "100.0.0"]) expect(nodeProblem(root, enough)).toBeUndefined();
});

const LOCKED = {
  packages: {
    "": { name: "workspace" },
    "packages/engine": { version: "0.1.0" },
    "node_modules/a": { version: "1.0.0" },
    "node_modules/b": { version: "2.0.0", optional: true },
  },
};

test("an install is wanted when there is none, and when it differs from the lock file", () => {
  write("package-lock.json", LOCKED);
  expect(installProblem(root)).toBe("dependencies are not installed yet");
  const record = (packages: Record<string, unknown>) => write("node_modules/.package-lock.json", { packages });
  record({});
  expect(installProblem(root)).toBe("node_modules/a is missing");
  record({ "node_modules/a": { version: "0.9.0" } });
  expect(installProblem(root)).toBe("node_modules/a is 0.9.0, the lock file says 1.0.0");
  record({ "node_modules/a": { version: "1.0.0" }, "node_modules/c": { version: "3.0.0" } });
  expect(installProblem(root)).toBe("node_modules/c is no longer used");
  record({ "node_modules/a": { version: "1.0.0" } });
  expect(installProblem(root)).toBeUndefined();
});

test("a failed install is explained by what npm said", () => {
  expect(explainInstallFailure("npm error code ENOTFOUND")).toContain("could not reach its registry");
  expect(explainInstallFailure("npm error ENOSPC: no space left on device")).toContain("disk is full");
  expect(explainInstallFailure("Missing: x@1 from lock file")).toContain("disagree");
  expect(explainInstallFailure("something else")).toContain("message above");
});

test("a build is wanted when there is none, and after a change of a source or a setting", () => {
  const seconds = (path: string, at: number) => utimesSync(path, at, at);
  seconds(write("tsconfig.base.json"), 1000);
  mkdirSync(join(root, "apps"));
  const source = write("packages/engine/src/deep/file.ts");
  const settings = ["package.json", "tsconfig.build.json"].map((name) => write(`packages/engine/${name}`));
  for (const file of [source, ...settings]) seconds(file, 1000);
  expect(buildProblem(root)).toBe("not built yet: engine");
  seconds(write("packages/engine/dist/.tsbuildinfo"), 2000);
  expect(buildProblem(root)).toBeUndefined();
  for (const file of [source, ...settings, join(root, "tsconfig.base.json")]) {
    seconds(file, 3000);
    expect(buildProblem(root)).toBe("changed since the last build: engine");
    seconds(file, 1000);
  }
});
