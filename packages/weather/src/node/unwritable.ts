import { NextscaleError } from "@nextscale/engine";

/** The error for a path that cannot be written. */
export function unwritable(where: string, path: string, cause: unknown): NextscaleError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const full = code === "ENOSPC" || code === "EDQUOT";
  return new NextscaleError({
    code: "unwritable",
    where,
    expected: `to write ${path}`,
    got: code ?? message,
    fix: full
      ? "the disk is full: free some space or choose another disk"
      : "choose another place, or check permissions",
    cause,
  });
}
