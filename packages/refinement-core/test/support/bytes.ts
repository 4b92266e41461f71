import { isNextscaleError } from "@nextscale/engine";
import fc from "fast-check";

/** Changes to the bytes of a file: some overwritten, some removed, some inserted, cut off somewhere. */
export function mutations(original: Uint8Array): fc.Arbitrary<Uint8Array> {
  const at = fc.nat(Math.max(0, original.length - 1));
  const edit = fc.oneof(
    fc.record({ kind: fc.constant("set" as const), at, byte: fc.nat(255) }),
    fc.record({ kind: fc.constant("remove" as const), at, length: fc.nat(40) }),
    fc.record({ kind: fc.constant("insert" as const), at, bytes: fc.uint8Array({ maxLength: 20 }) }),
    fc.record({ kind: fc.constant("truncate" as const), at }),
    // Digits and structure are where a text format is most easily led astray.
    fc.record({
      kind: fc.constant("insert" as const),
      at,
      bytes: fc.constantFrom("0", "-", "e9", '"', "{", "[", "null", ",").map((text) => new TextEncoder().encode(text)),
    }),
  );
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => {
    let bytes = Array.from(original);
    for (const change of edits) {
      if (change.kind === "set" && change.at < bytes.length) bytes[change.at] = change.byte;
      if (change.kind === "remove") bytes.splice(change.at, change.length);
      if (change.kind === "insert") bytes.splice(change.at, 0, ...change.bytes);
      if (change.kind === "truncate") bytes = bytes.slice(0, change.at);
    }
    return Uint8Array.from(bytes);
  });
}

/** The error that a call fails with, which must be one of ours. */
export async function failureOf(run: () => unknown): Promise<{ code: string; message: string }> {
  let result: unknown;
  try {
    result = await run();
  } catch (error) {
    if (isNextscaleError(error)) return error;
    throw error;
  }
  throw new Error(`a failure was expected, got ${JSON.stringify(result)?.slice(0, 200)}`);
}
