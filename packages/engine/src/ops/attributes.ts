import type { Attributes } from "../ir/program.js";

/*
 * Attributes by the type that an operation knows them to have. A missing one is a mistake of ours, never of a caller.
 */

/** A number. */
export function numberOf(attributes: Attributes, name: string): number {
  const value = attributes[name];
  if (typeof value !== "number") throw missing(name);
  return value;
}

/** A list of numbers. */
export function numbersOf(attributes: Attributes, name: string): readonly number[] {
  const value = attributes[name];
  if (!Array.isArray(value)) throw missing(name);
  return value as readonly number[];
}

/** A flag, false when absent. */
export function flagOf(attributes: Attributes, name: string): boolean {
  return attributes[name] === true;
}

function missing(name: string): Error {
  return new Error(`internal: attribute ${name} is missing`);
}
