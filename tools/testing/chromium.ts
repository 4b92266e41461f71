import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Where Debian, Ubuntu, Fedora and macOS put Chromium or Chrome. */
const KNOWN_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** The names a Chromium goes by on the PATH. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/**
 * The Chromium that browser tests run in: the one `NEXTSCALE_CHROMIUM` names, else one already on this machine.
 *
 * A browser is never downloaded: tests must run the same with and without a network.
 */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = environment.NEXTSCALE_CHROMIUM;
  if (named !== undefined && named !== "") return existsSync(named) ? named : undefined;
  const onPath = (environment.PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...KNOWN_PLACES, ...onPath].find((path) => existsSync(path));
}
