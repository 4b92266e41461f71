import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NextscaleError } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { requireArgument, requireOptions, type OptionRequirements } from "@nextscale/refinement-core";
import { readCheckpoint } from "@nextscale/refinement-core/node";
import { graphModelKind } from "../model/checkpoint-kind.js";
import { createGraphModel } from "../model/create-graph-model.js";
import type { GraphModel } from "../model/graph-model.js";

/** The models that come with the package: at the same place beside `src` and `dist`. */
const BUNDLED = fileURLToPath(new URL("../../models/", import.meta.url));

/** How a model is loaded. */
export interface LoadGraphModelOptions {
  /** Default: the engine package's, ONNX Runtime on the processor. */
  readonly engine?: EngineName;
  /** Runs in a worker thread, so that the event loop stays alive while it computes. */
  readonly worker?: boolean;
}

const OPTIONS: OptionRequirements<LoadGraphModelOptions> = {
  engine: { expected: "the name of an engine", fits: (value) => typeof value === "string" },
  worker: { expected: "true or false", fits: (value) => typeof value === "boolean" },
};

/** Names of the models that come with the package. */
export function bundledGraphModels(): readonly string[] {
  if (!existsSync(BUNDLED)) return [];
  return readdirSync(BUNDLED)
    .filter((name) => existsSync(join(BUNDLED, name, "model.json")))
    .sort();
}

/**
 * Loads a graph model and opens an engine for it; `close()` of the model closes both.
 *
 * @param nameOrFolder a bundled name, or the path of a folder that `trainGraphModel` wrote
 * @throws NextscaleError `invalid-argument` when there is no such model or option, `invalid-file` or `invalid-data` when its files
 *   are damaged, `engine-unavailable`
 */
export async function loadGraphModel(nameOrFolder: string, options: LoadGraphModelOptions = {}): Promise<GraphModel> {
  requireArgument("graphs/loadGraphModel", "the model", nameOrFolder, {
    expected: "a name or the path of a folder",
    fits: (value) => typeof value === "string",
  });
  requireOptions("graphs/loadGraphModel", options, OPTIONS);
  const content = await readCheckpoint(graphModelFolder(nameOrFolder), graphModelKind);
  const engine = await openEngine(options.engine, options.worker === undefined ? {} : { worker: options.worker });
  return createGraphModel(content, { engine, ownsEngine: true });
}

/** Where a bundled model is, or the folder itself. */
export function graphModelFolder(nameOrFolder: string): string {
  const names = bundledGraphModels();
  if (names.includes(nameOrFolder)) return join(BUNDLED, nameOrFolder);
  if (existsSync(nameOrFolder)) return nameOrFolder;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "graphs/loadGraphModel",
    expected: `a bundled model (${names.join(", ") || "none in this installation"}) or the folder of a trained one`,
    got: nameOrFolder === "" ? "an empty name" : nameOrFolder,
    fix: "check the spelling, or train a model",
  });
}
