import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NextscaleError } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { requireArgument, requireOptions, type Checkpoint, type OptionRequirements } from "@nextscale/refinement-core";
import { readCheckpoint, recordMetrics } from "@nextscale/refinement-core/node";
import type { ImageModelConfig } from "../config/config.js";
import { headlineFigures } from "../metrics/headline-figures.js";
import type { ImageReport } from "../metrics/report.js";
import { imageModelKind } from "../model/checkpoint-kind.js";
import { createImageModel } from "../model/create-image-model.js";
import type { ImageModel } from "../model/image-model.js";

/** The models that come with the package: at the same place beside `src` and `dist`. */
const BUNDLED = fileURLToPath(new URL("../../models/", import.meta.url));

/** How a model is loaded. */
export interface LoadImageModelOptions {
  /** Default: the engine package's, ONNX Runtime on the processor. */
  readonly engine?: EngineName;
  /** Runs in a worker thread, so that the event loop stays alive while it computes. */
  readonly worker?: boolean;
}

const OPTIONS: OptionRequirements<LoadImageModelOptions> = {
  engine: { expected: "the name of an engine", fits: (value) => typeof value === "string" },
  worker: { expected: "true or false", fits: (value) => typeof value === "boolean" },
};

/** Names of the models that come with the package. */
export function bundledImageModels(): readonly string[] {
  const isModel = (name: string) => existsSync(join(BUNDLED, name, "model.json")) && name !== "lenet-mnist";
  return existsSync(BUNDLED) ? readdirSync(BUNDLED).filter(isModel).sort() : [];
}

/**
 * Loads an image model and opens an engine for it; `close()` of the model closes both.
 *
 * @param nameOrFolder a bundled name such as `mnist`, or the path of a folder that `nextscale images train` wrote
 * @throws NextscaleError `invalid-argument` when there is no such model or option, `invalid-file` or `invalid-data` when its files
 *   are damaged, `engine-unavailable`
 *
 * @example
 * const model = await loadImageModel("mnist");
 * const { data, labels } = await model.sample({ count: 64, seed: 1 });
 * await model.close();
 */
export async function loadImageModel(nameOrFolder: string, options: LoadImageModelOptions = {}): Promise<ImageModel> {
  requireArgument("images/loadImageModel", "the model", nameOrFolder, {
    expected: "a name or the path of a folder",
    fits: (value) => typeof value === "string",
  });
  requireOptions("images/loadImageModel", options, OPTIONS);
  const checkpoint = await readImageModel(nameOrFolder);
  const engine = await openEngine(options.engine, options.worker === undefined ? {} : { worker: options.worker });
  return createImageModel(checkpoint, { engine, ownsEngine: true });
}

/**
 * Configuration and weights of an image model, checked, for those who build on a part of it.
 *
 * @throws NextscaleError `invalid-argument` when there is no such model, `invalid-file` or `invalid-data` when its files are damaged
 */
export function readImageModel(nameOrFolder: string): Promise<Checkpoint<ImageModelConfig>> {
  return readCheckpoint(folderOf(nameOrFolder), imageModelKind);
}

/**
 * Puts the headline figures of a report into the description of the model that was measured, in place of those it had.
 *
 * @param folder of the model
 * @throws NextscaleError `invalid-data` when the folder holds another model than the report's, `unwritable`; as
 *   `loadImageModel`
 */
export async function recordReport(folder: string, report: ImageReport): Promise<void> {
  const { hash } = report.model;
  await recordMetrics(folder, imageModelKind, { hash, metrics: headlineFigures(report) });
}

function folderOf(nameOrFolder: string): string {
  const names = bundledImageModels();
  if (names.includes(nameOrFolder)) return join(BUNDLED, nameOrFolder);
  if (existsSync(nameOrFolder)) return nameOrFolder;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "images/loadImageModel",
    expected: `a bundled model (${names.join(", ") || "none in this installation"}) or the folder of a trained one`,
    got: nameOrFolder === "" ? "an empty name" : nameOrFolder,
    fix: "check the spelling, or train a model with nextscale images train",
  });
}
