import { NextscaleError } from "@nextscale/engine";
import { createProgress, type Progress, type ProgressStream } from "@nextscale/refinement-core";
import type { StageProgress } from "@nextscale/refinement-core/node";
import { quoteForShell } from "./output.js";

/** Off a terminal a line comes so often: in a log of an hour some thirty. */
const LOG_MS = 120_000;

/** Progress of a training with its stages. */
export interface TrainingLines {
  readonly update: (event: StageProgress) => void;
  /** Lines between two stages; off a terminal only in trainings that are long enough for lines at all. */
  readonly note: (text: string) => void;
  readonly close: () => void;
}

/** Shows progress on a stream, silent off a terminal but for a line every two minutes. */
export function stageProgress(stream: ProgressStream): TrainingLines {
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

/**
 * The error of an interrupted training, with the command that goes on.
 *
 * @param words the command of a new training
 */
export function withResumeCommand(error: NextscaleError, out: string, words: readonly string[]): NextscaleError {
  const { code, where, expected, got } = error;
  const command = ["npx nextscale", ...[...words, "--resume"].map(quoteForShell)].join(" ");
  return new NextscaleError({
    code,
    where,
    expected,
    got,
    fix: `the state is saved in ${out}.training; go on with: ${command}`,
    cause: error,
  });
}
