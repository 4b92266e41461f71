import { isNextscaleError, NextscaleError } from "@nextscale/engine";

/** Work that is kept when it is interrupted. */
export interface ResumableWork {
  readonly where: string;
  /** How many of what there are: `12 runs`. */
  readonly expected: string;
  /** Where it is kept. */
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Does work that another run can go on with.
 *
 * @param work tells of each of the expected ones when it is done
 * @throws NextscaleError `interrupted` with what to do, where the work was stopped by its signal; else what it throws
 */
export async function resumable<Result>(
  { where, expected, folder, signal }: ResumableWork,
  work: (tellDone: () => void) => Promise<Result>,
): Promise<Result> {
  let done = 0;
  try {
    return await work(() => void done++);
  } catch (error) {
    if (!signal?.aborted || !isInterruption(error)) throw error;
    throw new NextscaleError({
      code: "interrupted",
      where,
      expected,
      got: `an interruption after ${done}`,
      fix: `what is done is in ${folder}; run the same again to go on from there`,
      cause: error,
    });
  }
}

function isInterruption(error: unknown): boolean {
  return isNextscaleError(error, "interrupted") || (error instanceof Error && error.name === "AbortError");
}
