import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Version of this program. The path is the same from the sources and from `dist`. */
export const VERSION = versionOf("../package.json");

/** Versions for a receipt: this program, Node, and the npm package behind an engine. */
export function versionsWith(engine: string): Record<string, string> {
  const library = engine.startsWith("tfjs/") ? "@tensorflow/tfjs-core" : "onnxruntime-node";
  return { nextscale: VERSION, node: process.versions.node, [library]: versionOf(`${library}/package.json`) };
}

function versionOf(manifest: string): string {
  return (require(manifest) as { readonly version: string }).version;
}
