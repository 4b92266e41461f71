import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { NextscaleError } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import { requireArgument, requireOptions, type OptionRequirements } from "@nextscale/refinement-core";
import { readCheckpoint } from "@nextscale/refinement-core/node";
import { weatherModelKind } from "../model/checkpoint-kind.js";
import { createForecastModel, type ForecastModelContent } from "../model/create-forecast-model.js";
import type { ForecastModel } from "../model/forecast-model.js";

/** The models that come with the package: at the same place beside `src` and `dist`. */
const BUNDLED = fileURLToPath(new URL("../../models/", import.meta.url));

/** How a model is loaded. */
export interface LoadForecastModelOptions {
  /** Default: the engine package's, ONNX Runtime on the processor. */
  readonly engine?: EngineName;
  /** Runs in a worker thread, so that the event loop stays alive while it computes. */
  readonly worker?: boolean;
}

const OPTIONS: OptionRequirements<LoadForecastModelOptions> = {
  engine: { expected: "the name of an engine", fits: (value) => typeof value === "string" },
  worker: { expected: "true or false", fits: (value) => typeof value === "boolean" },
};

/** Names of the models that come with the package. */
export function bundledForecastModels(): readonly string[] {
  if (!existsSync(BUNDLED)) return [];
  return readdirSync(BUNDLED)
    .filter((name) => existsSync(join(BUNDLED, name, "model.json")))
    .sort();
}

/**
 * Loads a forecast model and opens an engine for it; `close()` of the model closes both.
 *
 * @param nameOrFolder a bundled name such as `sim`, or the path of a folder that `nextscale weather train` wrote
 * @throws NextscaleError `invalid-argument` when there is no such model or option, `invalid-file` or `invalid-data` when its files
 *   are damaged, `engine-unavailable`
 *
 * @example
 * const model = await loadForecastModel("sim");
 * for await (const { leadHours, fields } of model.forecast({ initial, steps: 20, members: 16 })) console.log(leadHours);
 * await model.close();
 */
export async function loadForecastModel(
  nameOrFolder: string,
  options: LoadForecastModelOptions = {},
): Promise<ForecastModel> {
  requireArgument("weather/loadForecastModel", "the model", nameOrFolder, {
    expected: "a name or the path of a folder",
    fits: (value) => typeof value === "string",
  });
  requireOptions("weather/loadForecastModel", options, OPTIONS);
  const content = await readForecastModel(nameOrFolder);
  const engine = await openEngine(options.engine, options.worker === undefined ? {} : { worker: options.worker });
  return createForecastModel(content, { engine, ownsEngine: true });
}

/**
 * Reads a model without an engine: what `createForecastModel` and `evaluateForecastModel` take.
 *
 * @param nameOrFolder as `loadForecastModel`
 * @throws NextscaleError as `loadForecastModel`
 */
export function readForecastModel(nameOrFolder: string): Promise<ForecastModelContent> {
  return readCheckpoint(folderOf(nameOrFolder), weatherModelKind);
}

function folderOf(nameOrFolder: string): string {
  const names = bundledForecastModels();
  if (names.includes(nameOrFolder)) return join(BUNDLED, nameOrFolder);
  if (existsSync(nameOrFolder)) return nameOrFolder;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "weather/loadForecastModel",
    expected: `a bundled model (${names.join(", ") || "none in this installation"}) or the folder of a trained one`,
    got: nameOrFolder === "" ? "an empty name" : nameOrFolder,
    fix: "check the spelling, or train a model with nextscale weather train",
  });
}
