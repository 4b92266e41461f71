import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run, runNpm } from "../setup/run.mjs";
import { ROOT } from "./workspace.mjs";

/*
 * A user's project: an empty folder outside the workspace in which the tarballs are installed, imported from plain
 * JavaScript, compiled from TypeScript, run, and bundled for the browser.
 */

const require = createRequire(import.meta.url);

/** Programs a user could have written; they are copied into the folder, compiled and run there. */
const PROGRAMS = join(ROOT, "tools", "consumer");

/** @param {string} entryPoint */
const isWeb = (entryPoint) => entryPoint.endsWith("/web");
/** @param {string} entryPoint */
const isNode = (entryPoint) => entryPoint.endsWith("/node");

/**
 * Lines that import every given entry point and count what it exports.
 *
 * @param {string[]} entryPoints
 */
function importAll(entryPoints) {
  return entryPoints
    .map((name, i) => `import * as m${i} from "${name}";\nconsole.log("${name}", Object.keys(m${i}).length);\n`)
    .join("");
}

/**
 * @param {Record<string, unknown>} compilerOptions
 * @param {string[]} files
 */
function tsconfig(compilerOptions, files) {
  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, target: "ES2022" };
  return JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files });
}

/**
 * Writes the project into `folder`.
 *
 * @param {string} folder
 * @param {import("./workspace.mjs").Package[]} packages
 * @param {Record<string, string>} tarballs name of the package to path
 */
export function writeConsumer(folder, packages, tarballs) {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const manifest = {
    name: "consumer",
    private: true,
    type: "module",
    dependencies: {
      ...Object.fromEntries(Object.entries(tarballs).map(([name, path]) => [name, `file:${path}`])),
      "@types/node": devDependencies["@types/node"],
    },
  };
  const entryPoints = packages.flatMap((project) => project.entryPoints);
  // A program's own entry point runs it; what is imported here are the libraries.
  const libraries = packages.filter(({ programs }) => programs.length === 0).flatMap((project) => project.entryPoints);
  mkdirSync(folder, { recursive: true });
  cpSync(PROGRAMS, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, "import-all.mjs"), importAll(entryPoints.filter((name) => !isWeb(name))));
  writeFileSync(join(folder, "import-all.ts"), importAll(entryPoints.filter((name) => !isWeb(name))));
  writeFileSync(join(folder, "browser.ts"), importAll(libraries.filter((name) => !isNode(name))));
  writeFileSync(
    join(folder, "tsconfig.node.json"),
    tsconfig({ module: "NodeNext", lib: ["ES2023"], types: ["node"], outDir: "out" }, ["import-all.ts", "library.ts"]),
  );
  writeFileSync(
    join(folder, "tsconfig.browser.json"),
    tsconfig(
      {
        module: "ESNext",
        moduleResolution: "bundler",
        lib: ["ES2023", "DOM", "DOM.Iterable"],
        types: [],
        noEmit: true,
      },
      ["browser.ts"],
    ),
  );
}

/**
 * The compiler's complaints about the user's program and our types.
 *
 * Our types are checked as strictly as our code, so skipLibCheck is off. That also checks the types of others, and
 * those of tfjs-core 4.22 do not compile under any setting (`Long`, WebGPU declared twice): they are left out.
 *
 * @param {{ output: string }} compilation
 * @returns {string | undefined}
 */
export function ownErrors({ output }) {
  const diagnostics = output.split(/\n(?=\S)/).filter((text) => /error TS\d+:/.test(text));
  const own = diagnostics.filter((text) => /^(error |[^/]+\.ts\(|node_modules\/(@nextscale|nextscale)\/)/.test(text));
  return own.length === 0 ? undefined : own.join("\n");
}

/** Loaders that name modules of Node behind a test for Node: in a browser they never ask for them. */
const ASKS_FIRST = /@rdkit[\\/]rdkit[\\/]/;

/**
 * Bundles the browser program. Fails when the bundler meets a module that only Node has.
 *
 * @param {string} folder
 * @returns {Promise<string | undefined>} what went wrong
 */
async function bundle(folder) {
  const { build } = await import("vite");
  /** @type {string[]} */
  const complaints = [];
  try {
    await build({
      root: folder,
      configFile: false,
      logLevel: "silent",
      build: {
        write: false,
        minify: false,
        rolldownOptions: {
          input: join(folder, "browser.ts"),
          onLog: (_level, { message }) => void complaints.push(message),
        },
      },
      plugins: [
        {
          name: "no-node-modules",
          enforce: "pre",
          resolveId(source, importer) {
            if (source.startsWith("node:")) complaints.push(`${source} is imported by "${String(importer)}"`);
          },
        },
      ],
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const serious = complaints
    .filter((message) => /node:|externalized for browser/.test(message))
    .filter((message) => !ASKS_FIRST.test(message));
  return serious.length === 0 ? undefined : serious.join("\n");
}

/**
 * Does with the project in `folder` what its user would, and says how each step went.
 *
 * @param {string} folder as left by `writeConsumer`
 * @param {string[]} programs commands the packages install
 * @param {(step: string, problem: string | undefined) => void} report
 */
export async function exerciseConsumer(folder, programs, report) {
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  /**
   * @param {string} step
   * @param {Promise<{ status: number, output: string }>} running
   */
  const check = async (step, running) => {
    const { status, output } = await running;
    report(step, status === 0 ? undefined : output);
    return status === 0;
  };
  /** @param {string[]} args */
  const node = (...args) => run(folder, process.execPath, args, { quiet: true });
  const install = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (!(await check("the tarballs install in an empty folder", runNpm(folder, install, { quiet: true })))) return;
  await check("every entry point imports from plain JavaScript", node("import-all.mjs"));
  await check("a JavaScript program runs", node("library.mjs"));
  const compiled = ownErrors(await node(tsc, "-p", "tsconfig.node.json", "--pretty", "false"));
  report("TypeScript compiles against the types: NodeNext, strict, types themselves checked", compiled);
  if (compiled === undefined) {
    await check("the compiled program imports every entry point", node("out/import-all.js"));
    await check("the compiled program runs", node("out/library.js"));
  }
  const forBrowser = ownErrors(await node(tsc, "-p", "tsconfig.browser.json", "--pretty", "false"));
  report("TypeScript compiles for the browser, without Node's types", forBrowser);
  report("the browser entry points bundle", await bundle(folder));
  for (const program of programs) {
    await check(`${program} --help`, runNpm(folder, ["exec", "--offline", "--", program, "--help"], { quiet: true }));
  }
}
