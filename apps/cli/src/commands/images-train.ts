import { resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { IMAGE_PRESETS, type ImagePresetName } from "@nextscale/images";
import { trainImageModel } from "@nextscale/images/node";
import { formatDiagnostics } from "@nextscale/refinement-core";
import { loadData } from "../images/data.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";
import { stageProgress, withResumeCommand } from "../training-lines.js";

/** Options of `nextscale images train`. */
export interface TrainImagesOptions {
  readonly preset: string;
  readonly data: string;
  readonly out: string;
  readonly seed: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Trains an image model, with one progress line for each stage. */
export async function trainImages(options: TrainImagesOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed } = options;
  const preset = presetNamed(options.preset);
  const out = resolve(options.out);
  await requireWritable(options.out);
  const dataset = await loadData(options.data, { split: "train", option: "--data" });
  const progress = stageProgress(process.stderr);
  const trained = await trainImageModel({
    preset,
    dataset,
    out,
    seed,
    start: options.resume ? "resume" : "new",
    signal: invocation.signal,
    onProgress: progress.update,
    onTokeniser: (scales) => progress.note(`use of the codes, scale by scale\n${formatDiagnostics(scales)}`),
  })
    .catch((error: unknown) => {
      const { preset, data, out, seed } = options;
      const words = ["--preset", preset, "--data", data, "--out", out, "--seed", String(seed)];
      throw isNextscaleError(error, "interrupted")
        ? withResumeCommand(error, out, ["images", "train", ...words])
        : error;
    })
    .finally(progress.close);
  const { hash: modelHash, engine, steps, stepsFound } = trained;
  const resumed = stepsFound > 0 ? { resumedAt: stepsFound } : {};
  const facts = { modelHash, seed, engine, networkEvaluations: steps, options: { preset, data: dataset.name }, began };
  await receiptOf(out, { ...facts, ...resumed }, invocation);
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) return printJson({ model: options.out, preset, seed, modelHash, steps, ...resumed, wallTimeMs });
  const part = stepsFound > 0 ? `, ${steps - stepsFound} of ${steps} steps` : "";
  print(
    `Trained ${preset} in ${formatSeconds(wallTimeMs)}${part}: ${options.out}`,
    `Try: npx nextscale images sample --model ${quoteForShell(options.out)} --out samples.png`,
  );
}

function presetNamed(name: string): ImagePresetName {
  if (Object.hasOwn(IMAGE_PRESETS, name)) return name as ImagePresetName;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "images train",
    expected: `--preset among ${Object.keys(IMAGE_PRESETS).join(", ")}`,
    got: name,
    fix: "choose one of them",
  });
}
