import { existsSync } from "node:fs";
import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";

/**
 * The first of some files that is there, in the folder `graphs/<set>` of that which the environment variable `NEXTSCALE_DATA` names.
 *
 * @throws NextscaleError `missing-data` where none is
 */
export function fileOfSet(
  set: string,
  files: readonly string[],
  { where, fix }: { readonly where: string; readonly fix: string },
): string {
  const home = process.env["NEXTSCALE_DATA"];
  const folder = home === undefined || home === "" ? undefined : join(home, "graphs", set);
  const found =
    folder === undefined ? undefined : files.map((file) => join(folder, file)).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new NextscaleError({
    code: "missing-data",
    where,
    expected: `${files.join(" or ")} in the folder graphs/${set} of NEXTSCALE_DATA`,
    got: folder === undefined ? "no NEXTSCALE_DATA" : `neither in ${folder}`,
    fix,
  });
}
