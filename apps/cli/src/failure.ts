import type { NextscaleError } from "@nextscale/engine";
import { CommanderError } from "commander";

interface TextStream {
  write(text: string): unknown;
}

/** What a shell expects of a program ended by Ctrl-C: 128 + SIGINT. */
const INTERRUPTED = 130;

/** Tells the user what went wrong, and returns the exit code. */
export function reportFailure(error: unknown, signal: AbortSignal, stderr: TextStream = process.stderr): number {
  // Commander has printed its message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  stderr.write(`nextscale: ${messageFor(error, signal)}\n`);
  return signal.aborted ? INTERRUPTED : 1;
}

function messageFor(error: unknown, signal: AbortSignal): string {
  // Only this says that a command stopped because it was asked to; a full disk after Ctrl-C is still a full disk.
  if (signal.aborted && error instanceof Error && error.name === "AbortError") {
    return "interrupted: nothing was written; run the same command again";
  }
  if (isOurs(error)) return debugging() ? `${error.message}\n${stackOf(error)}` : error.message;
  return `this is a bug in nextscale. Please report it with the command you ran and these lines:\n${stackOf(error)}`;
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
