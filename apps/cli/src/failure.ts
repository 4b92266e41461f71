import type { NextscaleError } from "@nextscale/engine";
import { CommanderError } from "commander";

/** What a shell expects of a program ended by Ctrl-C: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Tells the user what went wrong, on stderr, and returns the exit code. */
export function reportFailure(error: unknown, signal: AbortSignal): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (signal.aborted) {
    const told = isOurs(error) ? error.message : "interrupted: nothing was written; run the same command again";
    process.stderr.write(`nextscale: ${told}\n`);
    return INTERRUPTED;
  }
  if (isOurs(error)) {
    process.stderr.write(`nextscale: ${error.message}\n${debugging() ? `${stackOf(error)}\n` : ""}`);
    return 1;
  }
  process.stderr.write(
    `nextscale: this is a bug in nextscale. Please report it with the command you ran and these lines:\n${stackOf(error)}\n`,
  );
  return 1;
}

/** By its name: the package that has the class takes long to load, and may be what failed to. */
function isOurs(error: unknown): error is NextscaleError {
  return error instanceof Error && error.name === "NextscaleError";
}

function debugging(): boolean {
  const value = process.env["NEXTSCALE_DEBUG"] ?? "";
  return value !== "" && value !== "0";
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
