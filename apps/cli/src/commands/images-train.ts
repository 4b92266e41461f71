import { resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { IMAGE_PRESETS, type ImagePresetName } from "@nextscale/images";
import { trainImageModel, type StageProgress } from "@nextscale/images/node";
import { createProgress, formatDiagnostics, type Progress, type ProgressStream } from "@nextscale/refinement-core";
import { loadData } from "../images/data.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";

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
      throw isNextscaleError(error, "interrupted") ? withResumeCommand(error, options) : error;
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

/** Off a terminal a line comes so often: in a log of an hour some thirty. */
const LOG_MS = 120_000;

/** Progress of a training with its stages. */
interface TrainingLines {
  readonly update: (event: StageProgress) => void;
  /** Lines between two stages; off a terminal only in trainings that are long enough for lines at all. */
  readonly note: (text: string) => void;
  readonly close: () => void;
}

function stageProgress(stream: ProgressStream): TrainingLines {
  const began = performance.now();
  let stage: string | undefined;
  let line: Progress | undefined;
  return {
    update(event) {
      if (event.stage !== stage) {
        line?.close();
        stage = event.stage;
        const { stepsDone: start, steps: total } = event;
        line = createProgress(stream, { label: stage, total, start, unit: "steps", logMs: LOG_MS });
      }
      line?.update(event.stepsDone, event.losses);
    },
    note(text) {
      line?.close();
      if (stream.isTTY || performance.now() - began >= LOG_MS) stream.write(`${text}\n`);
    },
    close: () => line?.close(),
  };
}

function withResumeCommand(error: NextscaleError, { preset, data, out, seed }: TrainImagesOptions): NextscaleError {
  const { code, where, expected, got } = error;
  const parts = ["--preset", preset, "--data", data, "--out", out, "--seed", String(seed), "--resume"];
  return new NextscaleError({
    code,
    where,
    expected,
    got,
    fix: `the state is saved in ${out}.training; go on with: npx nextscale images train ${parts.map(quoteForShell).join(" ")}`,
    cause: error,
  });
}
