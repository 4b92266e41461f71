import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Version of this program. The path is the same from the sources and from `dist`. */
export const VERSION = versionOf("../package.json");

/** Engine packages are optional peers of the engine package: they are where it finds them. */
const requireForEngine = createRequire(require.resolve("@nextscale/engine/package.json"));

/** Versions for a receipt: this program, Node, and the npm packages behind an engine. */
export function versionsWith(engine: string): Record<string, string> {
  const versions = packagesOf(engine).map(
    (name) => [name, versionOf(`${name}/package.json`, requireForEngine)] as const,
  );
  return { nextscale: VERSION, node: process.versions.node, ...Object.fromEntries(versions) };
}

/** Engine of what needs none: it is in the receipt of a simulation or of a picture. */
export const NO_ENGINE = "javascript";

/** `tfjs/wasm` is tfjs-core with tfjs-backend-wasm, `tfjs/node` with tfjs-node. */
function packagesOf(engine: string): readonly string[] {
  if (engine === NO_ENGINE) return [];
  const [runtime, backend = ""] = engine.split("/");
  if (runtime !== "tfjs") return ["onnxruntime-node"];
  const name = backend.startsWith("node") ? `tfjs-${backend}` : `tfjs-backend-${backend}`;
  return ["@tensorflow/tfjs-core", `@tensorflow/${name}`];
}

function versionOf(manifest: string, from = require): string {
  return (from(manifest) as { readonly version: string }).version;
}
