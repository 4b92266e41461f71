import { isNextscaleError, NextscaleError } from "../errors.js";

/** The engine refused or failed; `cause` says how. */
export function engineFailure(engine: string, expected: string, cause: unknown): NextscaleError {
  return new NextscaleError({ code: "engine-failure", where: engine, expected, got: messageOf(cause), cause });
}

/** The same, unless the cause already says so or more. */
export function asEngineFailure(engine: string, expected: string, cause: unknown): NextscaleError {
  return isNextscaleError(cause) ? cause : engineFailure(engine, expected, cause);
}

/** Something was asked of an executable or an engine that was closed before. */
export function alreadyClosed(engine: string, what: "executable" | "engine"): NextscaleError {
  return new NextscaleError({
    code: "engine-failure",
    where: engine,
    expected: `an open ${what}`,
    got: "one that was closed",
    fix: "call close() last",
  });
}

/** First line of an error's message, without the places in other people's source and folders that some begin or end with. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const line = text.split("\n", 1)[0] ?? "";
  return line
    .replace(/^\/onnxruntime_src.* was false\. /, "")
    .replace(/ imported from .*$/, "")
    .slice(0, 400);
}

/** An engine that cannot be used here, why, and what would help. */
export function unavailable(engine: string, expected: string, cause: unknown, fix: string): NextscaleError {
  return new NextscaleError({ code: "engine-unavailable", where: engine, expected, got: messageOf(cause), fix, cause });
}
