import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { NextscaleError } from "@nextscale/engine";
import { writeFileAtomic } from "@nextscale/engine/node";
import type * as z from "zod";

/**
 * Reads a record if there is one.
 *
 * @throws NextscaleError `invalid-file` for a file that is no such record
 */
export async function findRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new NextscaleError({
      code: "invalid-file",
      where: path,
      expected: "a record of this program",
      got: (error as Error).message,
      fix: "delete the file, and what it recorded is run again",
      cause: error,
    });
  }
}

/** Writes a record, whole or not at all. */
export function writeRecord(path: string, record: object): Promise<void> {
  return writeFileAtomic(path, `${JSON.stringify(record, null, 2)}\n`);
}

/**
 * Refuses a record of another study.
 *
 * @throws NextscaleError `invalid-argument`
 */
export function requireSameStudy<Identity extends object>(folder: string, found: Identity, study: Identity): void {
  for (const name of Object.keys(study) as (keyof Identity & string)[]) {
    if (isDeepStrictEqual(found[name], study[name])) continue;
    throw new NextscaleError({
      code: "invalid-argument",
      where: "paper",
      expected: `--out with results of ${name} ${JSON.stringify(study[name])}, or without any`,
      got: `${folder} with those of ${JSON.stringify(found[name])}`,
      fix: "choose another folder, or the earlier run's options",
    });
  }
}
