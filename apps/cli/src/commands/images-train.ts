import { readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { DEFAULT_ENGINE } from "@nextscale/engine/node";
import { IMAGE_PRESETS, imageModelKind, type ImagePresetName } from "@nextscale/images";
import { loadMnist, trainImageModel } from "@nextscale/images/node";
import { CHECKPOINT_FILES, createProgress, type Progress, type TrainProgress } from "@nextscale/refinement-core";
import { readCheckpoint } from "@nextscale/refinement-core/node";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson, quoteForShell } from "../output.js";
import { receiptOf, requireWritable } from "../outputs.js";

/** Options of `nextscale images train`. */
export interface TrainImagesOptions {
  readonly preset: string;
  readonly out: string;
  readonly seed: number;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** Trains an image model, with one progress line for each stage. */
export async function trainImages(options: TrainImagesOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, resume = false } = options;
  const { signal } = invocation;
  const preset = presetNamed(options.preset);
  const out = resolve(options.out);
  await requireWritable(options.out);
  await requireRoom(out, resume);
  const dataset = await loadMnist("train");
  const progress = stageProgress();
  try {
    await trainImageModel({ preset, dataset, out, seed, resume, signal, onProgress: progress.update });
  } catch (error) {
    throw isNextscaleError(error, "interrupted") ? withResumeCommand(error, options) : error;
  } finally {
    progress.close();
  }
  const { hash: modelHash } = await readCheckpoint(out, imageModelKind);
  const { tokeniser, refiner } = IMAGE_PRESETS[preset].training;
  const steps = tokeniser.steps + refiner.steps;
  await receiptOf(out, { modelHash, seed, engine: DEFAULT_ENGINE, networkEvaluations: steps, began }, invocation);
  const wallTimeMs = Math.round(performance.now() - began);
  if (options.json) return printJson({ model: options.out, preset, seed, modelHash, steps, wallTimeMs });
  print(
    `Trained ${preset} in ${formatSeconds(wallTimeMs)}: ${options.out}`,
    `Try: npx nextscale images sample --model ${quoteForShell(options.out)} --out samples.png`,
  );
}

function presetNamed(name: string): ImagePresetName {
  if (Object.hasOwn(IMAGE_PRESETS, name)) return name as ImagePresetName;
  throw refused("invalid-argument", `--preset among ${Object.keys(IMAGE_PRESETS).join(", ")}`, name);
}

/** An hour of training must neither end in a folder that cannot be replaced nor replace what was not meant. */
async function requireRoom(out: string, resume: boolean): Promise<void> {
  const names = await namesIn(out);
  const stranger = names.find((name) => !CHECKPOINT_FILES.some((known) => known === name));
  if (stranger !== undefined || out === process.cwd()) {
    const got = stranger === undefined ? `the current folder, ${out}` : `${out} with ${stranger} in it`;
    throw refused("unwritable", "a new folder, or one with nothing but a model in it", got, "choose another folder");
  }
  if (resume || (names.length === 0 && (await namesIn(`${out}.training`)).length === 0)) return;
  const got = `${out}, which holds an earlier training`;
  throw refused("unwritable", "a new folder", got, "add --resume to go on with it, or choose another folder");
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw refused("unwritable", "a folder", `${folder}, which is none`, "choose another place");
  }
}

function refused(
  code: "invalid-argument" | "unwritable",
  expected: string,
  got: string,
  fix = "choose one of them",
): NextscaleError {
  return new NextscaleError({ code, where: "images train", expected, got, fix });
}

interface StageEvent extends TrainProgress {
  readonly stage: string;
}

function stageProgress(): { readonly update: (event: StageEvent) => void; readonly close: () => void } {
  let stage: string | undefined;
  let line: Progress | undefined;
  return {
    update(event) {
      if (event.stage !== stage) {
        line?.close();
        stage = event.stage;
        const { stepsDone: start, steps: total } = event;
        line = createProgress(process.stderr, { label: stage, total, start, unit: "steps" });
      }
      line?.update(event.stepsDone, event.losses);
    },
    close: () => line?.close(),
  };
}

function withResumeCommand(error: NextscaleError, { preset, out, seed }: TrainImagesOptions): NextscaleError {
  const { code, where, expected, got } = error;
  const command = `npx nextscale images train --preset ${preset} --out ${quoteForShell(out)} --seed ${seed} --resume`;
  return new NextscaleError({
    code,
    where,
    expected,
    got,
    fix: `the state is saved; go on with: ${command}`,
    cause: error,
  });
}
