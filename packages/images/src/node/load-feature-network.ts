import { fileURLToPath } from "node:url";
import { openEngine, readFolder, type EngineName } from "@nextscale/engine/node";
import { CHECKPOINT_FILES } from "@nextscale/refinement-core";
import { openFeatureNetwork, type FeatureNetwork } from "../metrics/feature-network.js";

/** Which feature network, and what runs it. */
export interface LoadFeatureNetworkOptions {
  /** A folder that `trainFeatureNetwork` wrote; the bundled network, trained on MNIST, unless told. */
  readonly folder?: string;
  /** `onnxruntime-node/cpu` unless told. */
  readonly engine?: EngineName;
}

/** Where the bundled network lies, from `src/node` and from `dist/node` alike. */
const BUNDLED = new URL("../../models/lenet-mnist/", import.meta.url);

/**
 * Loads the feature network of the Fréchet distance and checks its hash.
 *
 * Close it when done: it holds an engine of its own.
 *
 * @throws NextscaleError `invalid-file` or `invalid-data` when the files are missing or not what was written,
 *   `engine-unavailable`
 *
 * @example
 * const network = await loadFeatureNetwork();
 * const { features, predictions } = await network.embed(images);
 * await network.close();
 */
export async function loadFeatureNetwork(options: LoadFeatureNetworkOptions = {}): Promise<FeatureNetwork> {
  const folder = options.folder ?? fileURLToPath(BUNDLED);
  const files = await readFolder(folder, CHECKPOINT_FILES);
  const engine = await openEngine(options.engine);
  try {
    const network = await openFeatureNetwork(files, engine, folder);
    return { ...network, close: () => engine.close() };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
