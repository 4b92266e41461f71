import { createProgress, formatDuration, type Progress, type ProgressStream } from "@nextscale/refinement-core";

/** A line on a terminal that names the part of a job in progress; elsewhere nothing. */
export interface StageLine {
  readonly begin: (stage: string) => void;
  /** Removes the line. */
  readonly end: () => void;
}

/** For jobs whose parts have no steps to count: shows what is being done and how long the job has taken. */
export function showStages(stream: ProgressStream): StageLine {
  const began = performance.now();
  const draw = (text: string) => {
    if (stream.isTTY) stream.write(`\r${text}\u001b[K`);
  };
  return {
    begin: (stage) => draw(`${stage}, ${formatDuration(performance.now() - began)} so far`),
    end: () => draw(""),
  };
}

/** Progress of a job whose parts have steps to count. */
export interface StageLines {
  /** A line for each stage, from the first time that it is named. */
  readonly update: (stage: string, done: number, total: number) => void;
  /** Ends the line. */
  readonly close: () => void;
}

/** What is counted, and how many of it are worth a line that stays: stages of fewer are only named while they last. */
export interface StageLinesOptions {
  readonly unit: string;
  readonly least?: number;
}

/** For jobs whose parts have steps to count: a progress line for each. */
export function showStageLines(stream: ProgressStream, { unit, least = 0 }: StageLinesOptions): StageLines {
  const name = showStages(stream);
  let stage: string | undefined;
  let line: Progress | undefined;
  const close = () => {
    if (line === undefined && stage !== undefined) name.end();
    line?.close();
    [stage, line] = [undefined, undefined];
  };
  return {
    update(now, done, total) {
      if (now !== stage) {
        close();
        stage = now;
        if (total >= least) line = createProgress(stream, { label: now, total, unit, logMs: 120_000 });
        else name.begin(now);
      }
      line?.update(done);
      if (done >= total) close();
    },
    close,
  };
}
