import { evaluateImages as evaluate, formatReport } from "@nextscale/images";
import { NextscaleError } from "@nextscale/engine";
import { bundledImageModels, loadFeatureNetwork, loadImageModel, recordReport } from "@nextscale/images/node";
import { engineOption } from "../engine-option.js";
import { loadTrainAndTest } from "../images/data.js";
import type { Invocation } from "../invocation.js";
import { print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { showStages } from "../stage-line.js";

/** Options of `nextscale images evaluate`. */
export interface EvaluateImagesOptions {
  readonly model: string;
  readonly data: string;
  readonly testData?: string;
  readonly featureNetwork?: string;
  readonly count: number;
  readonly seed: number;
  readonly engine?: string;
  readonly out?: string;
  readonly record?: boolean;
  readonly json?: boolean;
}

/** Measures a model against real images. */
export async function evaluateImages(options: EvaluateImagesOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { count, seed, out } = options;
  const { signal } = invocation;
  const on = engineOption(options.engine);
  if (out !== undefined) await requireWritable(out, "file");
  if (options.record) requireOwnModel(options.model);
  const [train, test] = await loadTrainAndTest(options.data, options.testData);
  const model = await loadImageModel(options.model, on);
  try {
    const folder = options.featureNetwork;
    const network = await loadFeatureNetwork({ ...on, ...(folder === undefined ? {} : { folder }) });
    try {
      const stages = showStages(process.stderr);
      const report = await evaluate({
        model,
        network,
        train,
        test,
        seed,
        count,
        signal,
        onStage: stages.begin,
      }).finally(stages.end);
      // Before it is written: a full disk must not cost minutes of work.
      if (options.json) printJson(report);
      else print(formatReport(report).trimEnd());
      if (options.record) await recordReport(options.model, report);
      if (out === undefined) return;
      const { engine, hash: modelHash } = model;
      const { unguided, guided, data, featureNetwork } = report;
      const { networkEvaluations } = unguided;
      const measured = {
        count,
        train: data.train.sha256,
        test: data.test.sha256,
        features: featureNetwork.hash,
        ...(guided === undefined ? {} : { guidance: guided.guidanceScale }),
      };
      const facts = { modelHash, seed, engine, networkEvaluations, options: measured, began };
      const content = `${JSON.stringify(report, null, 2)}\n`;
      const files = await writeOutputs([{ path: out, content }], facts, invocation);
      if (!options.json) print("", ...files);
    } finally {
      await network.close();
    }
  } finally {
    await model.close();
  }
}

/** A bundled model belongs to its package. */
function requireOwnModel(model: string): void {
  if (!bundledImageModels().includes(model)) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "--record",
    expected: "--model with the folder of a model of your own",
    got: `the bundled model ${model}`,
    fix: "leave --record out, or name a folder",
  });
}
