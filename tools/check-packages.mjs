import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exerciseConsumer, writeConsumer } from "./packages/consumer.mjs";
import { attwProblem, publintProblem } from "./packages/manifest.mjs";
import { pack } from "./packages/tarball.mjs";
import { publishedPackages, ROOT } from "./packages/workspace.mjs";
import { buildIfStale } from "./setup/build.mjs";

/*
 * What `npm publish` would hand to users, checked before it does: manifests, types, contents of the tarballs, and a
 * project outside the workspace that installs and uses them.
 */

let failures = 0;

/**
 * @param {string} step
 * @param {string | undefined} problem
 */
function report(step, problem) {
  console.log(`${problem === undefined ? "ok    " : "FAILED"} ${step}`);
  if (problem === undefined) return;
  failures++;
  console.log(problem.replaceAll(/^/gm, "         "));
}

const scratch = mkdtempSync(join(tmpdir(), "nextscale-packages-"));
try {
  await buildIfStale(ROOT);
  const packages = publishedPackages();
  const tarballs = join(scratch, "tarballs");
  mkdirSync(tarballs);
  /** @type {Record<string, string>} */
  const packed = {};
  for (const project of packages) {
    const { tarball, bytes, problems } = await pack(project, tarballs);
    packed[project.name] = tarball;
    const contents = problems.length === 0 ? undefined : problems.join("\n");
    report(`${project.name}: contents of the tarball, ${Math.ceil(bytes / 1024)} KiB`, contents);
    report(`${project.name}: publint`, await publintProblem(project));
    report(`${project.name}: are the types wrong`, await attwProblem(tarball, scratch));
  }
  const folder = join(scratch, "consumer");
  writeConsumer(folder, packages, packed);
  await exerciseConsumer(
    folder,
    packages.flatMap(({ programs }) => programs),
    report,
  );
} catch (error) {
  report("package checks", error instanceof Error ? error.message : String(error));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
