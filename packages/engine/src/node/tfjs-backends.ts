import { createRequire } from "node:module";
import type { Engine } from "../engines/engine.js";
import { openTfjs } from "../engines/tfjs.js";
import type { TfjsBackend } from "./engine-names.js";
import { loadPeer } from "./load-peer.js";
import { restoreRemovedUtil } from "./restore-util.js";

/** The package of each backend and the name under which it registers itself with tfjs. */
const PACKAGES: Readonly<Record<TfjsBackend, { readonly name: string; readonly registers: string }>> = {
  cpu: { name: "@tensorflow/tfjs-backend-cpu", registers: "cpu" },
  wasm: { name: "@tensorflow/tfjs-backend-wasm", registers: "wasm" },
  webgpu: { name: "@tensorflow/tfjs-backend-webgpu", registers: "webgpu" },
  node: { name: "@tensorflow/tfjs-node", registers: "tensorflow" },
  "node-gpu": { name: "@tensorflow/tfjs-node-gpu", registers: "tensorflow" },
};

/**
 * Imports a backend's package and opens it as an engine.
 *
 * @throws NextscaleError `engine-unavailable`
 */
export async function openTfjsInNode(backend: TfjsBackend): Promise<Engine> {
  const engine = `tfjs/${backend}`;
  const { name, registers } = PACKAGES[backend];
  if (registers === "tensorflow") restoreRemovedUtil(createRequire(import.meta.url)("node:util") as object);
  await loadPeer(engine, () => import(name) as Promise<unknown>, `npm install ${name}`);
  return openTfjs(registers, engine);
}

/** Version of a backend's package. @throws Error when it is not installed */
export function tfjsBackendVersion(backend: TfjsBackend): string {
  const require = createRequire(import.meta.url);
  return (require(`${PACKAGES[backend].name}/package.json`) as { version: string }).version;
}
