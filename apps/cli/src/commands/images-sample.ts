import { NextscaleError } from "@nextscale/engine";
import type { ImageModel } from "@nextscale/images";
import { loadImageModel } from "@nextscale/images/node";
import { createProgress, type SamplingOptions } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import { earlierPictures } from "../images/earlier-pictures.js";
import { labelledGrid, singlePictures } from "../images/pictures.js";
import { requireNumbers } from "../images/require-numbers.js";
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
  const intoFolder = await meansFolder(out);
  if (intoFolder) await earlierPictures(out);
  else await requirePictureName(out);
  await requireWritable(out, intoFolder ? "folder" : "file");
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
    requireNumbers(samples, options.model);
    const networkEvaluations = model.networkEvaluations(controls);
    const recorded = { first, count, ...recordedOptions(options, config) };
    const facts = { modelHash: hash, seed, engine, networkEvaluations, options: recorded, began };
    const files = await writeOutputs(
      intoFolder
        ? // Looked at again: the folder may have been filled meanwhile.
          { path: out, files: singlePictures(samples, first, config), replaced: await earlierPictures(out) }
        : [{ path: out, content: labelledGrid(samples, config) }],
      facts,
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

/** A grid is a PNG: under another name it would be taken for something else. A device has no such name. */
async function requirePictureName(out: string): Promise<void> {
  if (/\.png$/i.test(out) || (await isDevice(out))) return;
  throw invalid("--out with a name that ends with .png, or with / for a folder of single images", out);
}

function samplingOptions({ guidance, temperature, topK, topP }: SampleImagesOptions): SamplingOptions {
  return {
    ...(guidance === undefined ? {} : { guidanceScale: guidance }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
  };
}

/** What decides which images are drawn, for the receipt: the same for an option that is left out and for its default. */
function recordedOptions(options: SampleImagesOptions, { classes, tokeniser }: ImageModel["config"]) {
  const { label, guidance = 1, temperature = 1, topK = Infinity, topP = 1 } = options;
  return {
    guidance,
    temperature,
    topK: Math.min(topK, tokeniser.vocabulary),
    topP,
    ...(label === undefined ? {} : { label: classes[classNumber(label, classes)]! }),
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
