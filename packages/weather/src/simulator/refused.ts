import { NextscaleError } from "@nextscale/engine";

/** An `invalid-argument` error of a function of this folder. */
export function refused(name: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: `weather/${name}`, expected, got });
}

/**
 * Checks the length of an array.
 *
 * @throws NextscaleError `shape` if it is another
 */
export function requireLength(name: string, what: string, array: { readonly length: number }, length: number): void {
  if (array.length === length) return;
  throw new NextscaleError({
    code: "shape",
    where: `weather/${name}`,
    expected: `${what} of ${length} numbers`,
    got: `${array.length}`,
  });
}
