import { NextscaleError } from "@nextscale/engine";

/*
 * What callers pass, looked at once where it comes in: whoever writes plain JavaScript, or reads options from a file, has
 * no compiler to refuse a wrong type or a misspelt name.
 */

/** What an argument is to be: in words, as they follow "expected ... to be", and as a test, which must not throw. */
export interface Requirement {
  readonly expected: string;
  /** Whether a value is that. */
  readonly fits: (value: unknown) => boolean;
}

/** A requirement for each option of a function. */
export type OptionRequirements<Options> = { readonly [Name in keyof Options]-?: Requirement };

/**
 * Refuses an argument that is not what it is to be.
 *
 * @param where shown in the error's message
 * @throws NextscaleError `invalid-argument`
 */
export function requireArgument(where: string, name: string, value: unknown, { expected, fits }: Requirement): void {
  if (!fits(value)) throw invalid(where, `${name} to be ${expected}`, shown(value));
}

/**
 * Refuses options with an unknown name or a wrong value. Each may be left out or undefined.
 *
 * @param where shown in the error's message
 * @throws NextscaleError `invalid-argument`
 */
export function requireOptions<Options extends object>(
  where: string,
  options: Options,
  requirements: OptionRequirements<Options>,
): void {
  requireArgument(where, "the options", options, { expected: "an object", fits: isObject });
  const names = Object.keys(requirements);
  for (const [name, value] of Object.entries(options)) {
    if (!names.includes(name)) {
      throw invalid(where, `options among ${names.join(", ")}`, shown(name), "correct the name or leave it out");
    }
    if (value !== undefined) requireArgument(where, name, value, requirements[name as keyof Options]);
  }
}

/** A number of a range, both ends included. */
export function within(least: number, most: number): Requirement {
  const fits = (value: unknown) => typeof value === "number" && value >= least && value <= most;
  return { expected: `a number from ${least} to ${most}`, fits };
}

/** A whole number of a range, both ends included. */
export function wholeWithin(least: number, most: number): Requirement {
  const fits = (value: unknown) => Number.isInteger(value) && within(least, most).fits(value);
  return { expected: `a whole number from ${least} to ${most}`, fits };
}

/** Whether a value has properties to read. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** A value in a few words; unlike String it takes whatever there is. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${Array.from(value.slice(0, 16), shownInList).join(", ")}]`;
  return shownInList(value);
}

/** A list may hold itself. */
function shownInList(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : String(value);
}

function invalid(where: string, expected: string, got: string, fix?: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where,
    expected,
    got,
    ...(fix === undefined ? {} : { fix }),
  });
}
