import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The folder named by the environment variable `NEXTSCALE_DATA`, one sub-folder a data set. */
export function dataFolder(): string | undefined {
  return process.env["NEXTSCALE_DATA"] || undefined;
}

/** Where downloads are kept: the user's cache folder as each system defines it. */
export function cacheFolder(): string {
  switch (process.platform) {
    case "win32":
      return join(process.env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "nextscale", "cache");
    case "darwin":
      return join(homedir(), "Library", "Caches", "nextscale");
    default:
      return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "nextscale");
  }
}

/** The first of the folders that holds all the files, each as it is or with `.gz` added; paths in the files' order. */
export function findFiles(folders: readonly string[], files: readonly string[]): string[] | undefined {
  for (const folder of folders) {
    const paths = files.flatMap((file) =>
      [join(folder, file), join(folder, `${file}.gz`)].filter((path) => existsSync(path)).slice(0, 1),
    );
    if (paths.length === files.length) return paths;
  }
  return undefined;
}
