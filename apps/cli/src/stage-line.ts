import { formatDuration, type ProgressStream } from "@nextscale/refinement-core";

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
