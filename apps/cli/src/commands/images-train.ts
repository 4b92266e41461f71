import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { createProgress, type Progress } from "@nextscale/refinement-core";
import { imageLibrary, type TrainingEvent } from "../images/image-library.js";
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
  const { preset, out, seed, resume = false } = options;
  await requireWritable(out);
  const { trainImageModel } = await imageLibrary();
  const progress = stageProgress();
  try {
    const { signal } = invocation;
    const summary = await trainImageModel({ preset, out, seed, resume, signal, onProgress: progress.update });
    progress.close();
    const { hash: modelHash, engine, steps: networkEvaluations } = summary;
    await receiptOf(out, { modelHash, seed, engine, networkEvaluations, began }, invocation);
    const wallTimeMs = Math.round(performance.now() - began);
    if (options.json) return printJson({ out, preset, seed, ...summary, wallTimeMs });
    print(
      `Trained ${preset} in ${formatSeconds(wallTimeMs)}: ${out}`,
      `Try: npx nextscale images sample --model ${quoteForShell(out)} --out samples.png`,
    );
  } catch (error) {
    progress.close();
    throw isNextscaleError(error, "interrupted") ? withResumeCommand(error, options) : error;
  }
}

function stageProgress(): { readonly update: (event: TrainingEvent) => void; readonly close: () => void } {
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
  const command = `nextscale images train --preset ${preset} --out ${quoteForShell(out)} --seed ${seed} --resume`;
  return new NextscaleError({
    code,
    where,
    expected,
    got,
    fix: `the state is saved; go on with: ${command}`,
    cause: error,
  });
}
