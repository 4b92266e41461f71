import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { NextscaleError } from "@nextscale/engine";

/**
 * Refuses an output that is also an input: it would be replaced by what is made of it.
 *
 * @param inputs by option; files of a channel each as `z500=a.nc,t850=b.nc`
 * @throws NextscaleError `invalid-argument`
 */
export async function requireDistinct(
  out: string | undefined,
  inputs: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (out === undefined) return;
  const target = await placeOf(out);
  for (const [option, input] of Object.entries(inputs)) {
    const files = (input ?? "").split(",").map((part) => part.slice(part.indexOf("=") + 1));
    for (const file of files) {
      if (file === "" || (await placeOf(file)) !== target) continue;
      throw new NextscaleError({
        code: "invalid-argument",
        where: "--out",
        expected: `another file than that of ${option}`,
        got: out,
        fix: "choose a new name",
      });
    }
  }
}

/** Where a path leads; itself where there is nothing yet. */
async function placeOf(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path));
}
