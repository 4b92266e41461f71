import { NextscaleError } from "@nextscale/engine";
import { loadImageModel } from "@nextscale/images/node";
import { createProgress, type SamplingOptions } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import { labelledGrid, replaceablePictures, singlePictures } from "../images/pictures.js";
import type { Invocation } from "../invocation.js";
import { shardRange, type Shard } from "../options.js";
import { formatSeconds, print, printJson } from "../output.js";
import { isDevice, meansFolder, requireWritable, writeOutputs } from "../outputs.js";

/** Options of `nextscale images sample`. */
export interface SampleImagesOptions {
  readonly model: string;
  readonly count: number;
  readonly seed: number;
  readonly label?: string;
  readonly guidance?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly shard?: Shard;
  readonly engine?: string;
  readonly out: string;
  readonly json?: boolean;
}

/** Generates images and writes them as a grid or one by one. */
export async function sampleImages(options: SampleImagesOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, out } = options;
  const { start: first, end } = shardRange(options.count, options.shard ?? { index: 0, count: 1 });
  const count = end - first;
  if (count === 0) {
    throw invalid(`--shard with no more parts than the ${options.count} images`, `${options.shard?.count} parts`);
  }
  const replaced = (await meansFolder(out)) ? await replaceablePictures(out) : undefined;
  await requireWritable(out);
  const model = await loadImageModel(options.model, engineOption(options.engine));
  try {
    const { config, engine, hash } = model;
    const controls = samplingOptions(options);
    const label = options.label === undefined ? {} : { label: classNumber(options.label, config.classes) };
    const progress = createProgress(process.stderr, { label: "generating", total: count, unit: "images" });
    const onProgress = (done: number) => progress.update(done);
    const { signal } = invocation;
    const samples = await model
      .sample({ count, seed, first, ...controls, ...label, signal, onProgress })
      .finally(() => progress.close());
    const networkEvaluations = model.networkEvaluations(controls);
    const output = replaced
      ? { path: out, files: singlePictures(samples, first, config), replaced }
      : { path: out, content: labelledGrid(samples, config) };
    const files = await writeOutputs(
      [output],
      { modelHash: hash, seed, engine, networkEvaluations, began },
      invocation,
    );
    const wallTimeMs = Math.round(performance.now() - began);
    if (options.json) {
      const { model: name } = options;
      const labels = Array.from(samples.labels);
      return printJson({
        files,
        model: name,
        modelHash: hash,
        engine,
        seed,
        first,
        count,
        labels,
        networkEvaluations,
        wallTimeMs,
      });
    }
    // A device may be our own standard output.
    if (await isDevice(out)) return;
    print(
      `${count} images by ${options.model} on ${engine}, ${networkEvaluations} network evaluations each, in ${formatSeconds(wallTimeMs)}:`,
      ...files.map((file) => `  ${file}`),
    );
  } finally {
    await model.close();
  }
}

function samplingOptions({ guidance, temperature, topK, topP }: SampleImagesOptions): SamplingOptions {
  return {
    ...(guidance === undefined ? {} : { guidanceScale: guidance }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}

/** The class that a person names, by its name or its number. */
function classNumber(label: string, classes: readonly string[]): number {
  const byName = classes.indexOf(label);
  if (byName >= 0) return byName;
  if (/^\d+$/.test(label) && Number(label) < classes.length) return Number(label);
  throw invalid(
    classes.length === 0 ? "no --label: this model has no classes" : `--label among ${classes.join(", ")}`,
    label,
  );
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "images sample", expected, got });
}
