import { existsSync } from "node:fs";
import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { ANALYSIS_SETS, type AnalysisSet } from "../config/analysis-sets.js";

/** The known data set whose files a folder has. */
export function analysisSetIn(folder: string): AnalysisSet | undefined {
  return ANALYSIS_SETS.find(({ files }) => Object.values(files).every((file) => existsSync(join(folder, file))));
}

/** The files of a set in a folder, by channel. */
export function filesOfSet({ files }: AnalysisSet, folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(files).map(([channel, file]) => [channel, join(folder, file)]));
}

/**
 * The folder of a known data set: in the folder `weather` of that which the environment variable `NEXTSCALE_DATA` names.
 *
 * @throws NextscaleError `missing-data` where its files are not there, naming where they can be had
 */
export function folderOfSet(set: AnalysisSet): string {
  const home = process.env["NEXTSCALE_DATA"];
  const folder = home === undefined || home === "" ? undefined : join(home, "weather", set.name);
  if (folder !== undefined && analysisSetIn(folder) === set) return folder;
  throw new NextscaleError({
    code: "missing-data",
    where: "weather/folderOfSet",
    expected: `${Object.values(set.files).join(", ")} in the folder weather/${set.name} of NEXTSCALE_DATA`,
    got: folder === undefined ? "no NEXTSCALE_DATA" : `not all of them in ${folder}`,
    fix: `take the files from ${set.source}, and name their folder`,
  });
}
