import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** What a run came to. A test file that does not load, and an error outside every test, count as one failure each. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of a finished run. */
export function tally(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): Tally {
  const total: Tally = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") total.passed++;
      else if (state === "skipped") total.skipped++;
      else failedHere++;
    }
    // A file that throws while it loads, or a suite whose hook throws, can be failed with no failed test in it.
    total.failed += failedHere === 0 && module.state() === "failed" ? 1 : failedHere;
  }
  return total;
}

/** The closing line: `12 passed, 0 failed`, and `, 3 skipped` when any were. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

/**
 * Ends the output with the one line that people and CI read.
 *
 * `notes` are printed just before it, where they are not lost among the tests: what was left out of the run, and why.
 */
export class PlainReporter implements Reporter {
  readonly #notes: readonly string[];

  constructor(notes: readonly string[] = []) {
    this.#notes = notes;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    for (const note of this.#notes) console.log(note);
    console.log(closingLine(tally(modules, unhandledErrors)));
  }
}
