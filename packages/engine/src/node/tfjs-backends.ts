import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../engines/engine.js";
import { openTfjs } from "../engines/tfjs.js";
import type { TfjsBackend } from "./engine-names.js";
import { loadPeer } from "../engines/load-peer.js";
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
  const opened = await openTfjs(registers, engine);
  if (backend === "cpu") passFirstUse();
  return opened;
}

/** The cpu backend advertises tfjs-node on stderr when it is first used in Node, unless tfjs is in production mode. */
function passFirstUse(): void {
  const production = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  const cpu = tf.findBackend("cpu");
  cpu.disposeData(cpu.write(Float32Array.of(0), [1], "float32"));
  tf.env().set("PROD", production);
}

/** Version of a backend's package. @throws Error when it is not installed */
export function tfjsBackendVersion(backend: TfjsBackend): string {
  const require = createRequire(import.meta.url);
  return (require(`${PACKAGES[backend].name}/package.json`) as { version: string }).version;
}
