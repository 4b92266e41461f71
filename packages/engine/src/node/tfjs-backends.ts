import { createRequire } from "node:module";
import * as tf from "@tensorflow/tfjs-core";
import type { Engine } from "../engines/engine.js";
import { unavailable } from "../engines/failures.js";
import { loadPeer } from "../engines/load-peer.js";
import { openTfjs } from "../engines/tfjs.js";
import { peerOf, type TfjsBackend } from "./engine-names.js";
import { restoreRemovedUtil } from "./restore-util.js";

/** The name under which both TensorFlow packages register themselves with tfjs. */
const TENSORFLOW = "tensorflow";

/** Which of the two packages did: tfjs keeps the first. */
let tensorflow: TfjsBackend | null = null;

/**
 * Imports a backend's package and opens it as an engine.
 *
 * @throws NextscaleError `engine-unavailable`
 */
export async function openTfjsInNode(backend: TfjsBackend): Promise<Engine> {
  const engine = `tfjs/${backend}` as const;
  const isTensorflow = backend === "node" || backend === "node-gpu";
  if (isTensorflow && tensorflow !== null && tensorflow !== backend) {
    const cause = `one that has loaded tfjs/${tensorflow}`;
    throw unavailable(engine, "a process without another TensorFlow", cause, "use a process of its own");
  }
  if (isTensorflow) restoreRemovedUtil(createRequire(import.meta.url)("node:util") as object);
  const peer = peerOf(engine);
  await loadPeer(engine, () => import(peer) as Promise<unknown>, `npm install ${peer}`);
  if (isTensorflow) tensorflow = backend;
  const opened = await openTfjs(isTensorflow ? TENSORFLOW : backend, engine);
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
