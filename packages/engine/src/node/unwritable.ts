import { NextscaleError } from "../errors.js";

/** What a person can do about a failed write, by the system's error code. */
const FIXES: Readonly<Record<string, string>> = {
  EACCES: "choose a folder you may write to, or change its permissions",
  EPERM: "choose a folder you may write to, or change its permissions",
  EROFS: "the disk is read-only: choose another place",
  ENOSPC: "the disk is full: free some space or choose another disk",
  EDQUOT: "your disk quota is used up: free some space or choose another disk",
  EFBIG: "the file is larger than the system allows here: raise the limit or choose another disk",
  ENOTDIR: "a part of the path is a file: choose another path",
  EEXIST: "a file of that name is there: choose another path",
  EISDIR: "the path is a folder: name a file",
  ENAMETOOLONG: "choose a shorter path",
  EBUSY: "the path is a mount point or in use: name a place inside it",
  EXDEV: "the path is a mount point: name a place inside it",
};

/** The error for a path that cannot be written, with what to do about it. */
export function unwritable(where: string, path: string, cause: unknown): NextscaleError {
  const { code, message, syscall } = cause as NodeJS.ErrnoException;
  // Making the folders of a path finds a file where the last of them should be.
  const key = code === "EEXIST" && syscall === "mkdir" ? "ENOTDIR" : (code ?? "");
  return new NextscaleError({
    code: "unwritable",
    where,
    expected: `to write ${path}`,
    got: code ?? message,
    fix: FIXES[key] ?? "choose another place",
    cause,
  });
}
