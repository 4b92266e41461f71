import { NextscaleError } from "@nextscale/engine";
import * as z from "zod";

/** Largest JSON file that is read: some thousand times what a configuration with its metrics takes. */
const MOST_BYTES = 16 * 2 ** 20;

/** SHA-256 in lower-case hexadecimal. */
export const sha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "expected a SHA-256 of 64 lower-case hexadecimal digits");

/** A whole number from 0 to 2^53 − 1. */
export const countSchema = z.number().int().nonnegative();

/**
 * Reads the JSON of a versioned file: first its `format` and `formatVersion`, so that a file of another kind or of a later
 * program is named as that and not as a list of wrong fields, then everything against the schema.
 *
 * @param where shown in the error's message
 * @throws NextscaleError `invalid-file`
 */
export function parseVersionedJson<T>(
  bytes: Uint8Array,
  where: string,
  format: string,
  version: number,
  schema: z.ZodType<T>,
): T {
  const fail = (
    expected: string,
    got: string,
    fix = "the file is damaged or was edited: fetch or write it again",
  ): never => {
    throw new NextscaleError({ code: "invalid-file", where, expected, got, fix });
  };
  if (bytes.length > MOST_BYTES) fail(`at most ${MOST_BYTES} bytes of JSON`, `${bytes.length} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return fail("JSON in UTF-8", (error as Error).message);
  }
  const head = z.looseObject({ format: z.literal(format), formatVersion: countSchema }).safeParse(value);
  if (!head.success) return fail(`"format": "${format}" and a "formatVersion"`, describeIssues(head.error));
  const found = head.data.formatVersion;
  if (found > version)
    return fail(`format version ${version} or older`, `version ${found}`, "install a later nextscale");
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : fail(`${format} fields`, describeIssues(parsed.error));
}

/**
 * Issues of a schema, each with its path: `config.width: expected number, got string`.
 *
 * @param most how many: what is wrong with a file may be anything
 */
export function describeIssues(error: z.ZodError, most = 3): string {
  const shown = error.issues.slice(0, most).map(({ path, message }) => {
    const at = path.map(String).join(".");
    return `${at.slice(0, 80) || "the whole"}: ${message.slice(0, 200)}`;
  });
  const more = error.issues.length - shown.length;
  return shown.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

/** JSON with the keys of every object in order: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
