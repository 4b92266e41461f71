import { join } from "node:path";
import { loadImageModel } from "@nextscale/images/node";
import { createProgress } from "@nextscale/refinement-core";
import { demoMolecules } from "../graphs/demo-molecules.js";
import { labelledGrid, scaleStrip } from "../images/pictures.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, quoteForShell } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { demoForecast } from "../weather/demo-forecast.js";

/** Options of `nextscale demo`. */
export interface DemoOptions {
  readonly out: string;
  readonly seed: number;
}

const MODEL = "mnist";
const FORECAST_MODEL = "sim";
const MOLECULE_MODEL = "qm9";
/** A square of ten times ten: every column is one digit. */
const COUNT = 100;
/** One row for each digit. */
const STRIP_ROWS = 10;

/** Generates digits with the bundled model, a grid of them and some of them at every scale, makes a weather forecast, and molecules. */
export async function demo(options: DemoOptions, invocation: Invocation): Promise<void> {
  await demoDigits(options, invocation);
  print("", ...(await demoForecast({ model: FORECAST_MODEL, ...options }, invocation)));
  print("", ...(await demoMolecules({ model: MOLECULE_MODEL, ...options }, invocation)));
}

async function demoDigits({ out, seed }: DemoOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const grid = join(out, "digits.png");
  const strip = join(out, "scales.png");
  await requireWritable(grid, "file");
  await requireWritable(strip, "file");
  const model = await loadImageModel(MODEL);
  try {
    const { engine, hash, config } = model;
    const { scales, vocabulary } = config.tokeniser;
    const progress = createProgress(process.stderr, { label: "generating", total: COUNT, unit: "digits" });
    const onProgress = (done: number) => progress.update(done);
    const samples = await model
      .sample({ count: COUNT, seed, signal: invocation.signal, onProgress })
      .finally(() => progress.close());
    const evaluations = model.networkEvaluations({});
    const outputs = [
      { path: grid, content: labelledGrid(samples, config) },
      { path: strip, content: await scaleStrip(model, samples, STRIP_ROWS) },
    ];
    const facts = { modelHash: hash, seed, engine, networkEvaluations: evaluations, options: { count: COUNT }, began };
    await writeOutputs(outputs, facts, invocation);
    const folder = quoteForShell(join(out, "sevens.png"));
    print(
      `${COUNT} digits in ${formatSeconds(performance.now() - began)}, engine start included:`,
      `  ${grid}   one column for each digit`,
      `  ${strip}   ${STRIP_ROWS} of them scale by scale, ${scales[0]}x${scales[0]} to ${scales.at(-1)}x${scales.at(-1)} codes`,
      "  and a receipt beside each.",
      "",
      `Run: model ${MODEL} (${hash.slice(0, 12)}), seed ${seed}, engine ${engine}.`,
      `A digit took ${evaluations} evaluations of the network, one for each scale; at each it drew all codes of that scale,`,
      `each one of ${vocabulary}, at once. The same digits again:`,
      `  npx nextscale images sample --model ${MODEL} --count ${COUNT} --seed ${seed} --out ${quoteForShell(grid)}`,
      "",
      "Try next:",
      `  npx nextscale images sample --label 7 --guidance 3 --out ${folder}`,
      "  npx nextscale images evaluate --count 2000",
      "  npx nextscale doctor",
    );
  } finally {
    await model.close();
  }
}
