import { NextscaleError } from "@nextscale/engine";
import {
  DESCRIPTORS,
  valuesOf,
  type Chemistry,
  type Graph,
  type MoleculeVocabulary,
  type Outcome,
} from "@nextscale/graphs";
import { meanOf, type MeanWithInterval } from "./mean.js";

/** A descriptor's number, among those that RDKit computes. */
export function descriptorNamed(name: string): number {
  const at = DESCRIPTORS.findIndex((known) => known === name);
  if (at >= 0) return at;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "--property",
    expected: `one of ${DESCRIPTORS.join(", ")}`,
    got: name,
  });
}

/** A descriptor of molecules that are graphs: a model of molecules can be trained to be asked for it. */
export async function propertyOf(
  name: string,
  graphs: readonly Graph[],
  atoms: MoleculeVocabulary,
  chemistry: Chemistry,
): Promise<{ readonly name: string; readonly values: readonly number[] }> {
  const at = descriptorNamed(name);
  const smiles = (await chemistry.canonicalSmiles(graphs, atoms)).map(required);
  const descriptors = (await chemistry.descriptors(smiles)).map(required);
  return { name, values: descriptors.map((all) => all[at]!) };
}

/** A property that samples were asked for. */
export interface AskedProperty {
  readonly name: string;
  readonly value: number;
}

/** What a property of some molecules is like, beside what was asked for. */
export interface PropertyFit {
  readonly molecules: number;
  readonly mean: MeanWithInterval;
  /** Mean absolute difference from what was asked for. */
  readonly error: MeanWithInterval;
}

/** How near molecules come to what was asked for; null where RDKit describes none of them. @param described their descriptors */
export function fitToAsked(
  { name, value }: AskedProperty,
  described: readonly Outcome<readonly number[]>[],
): PropertyFit | null {
  const at = descriptorNamed(name);
  const values = valuesOf(described).map((numbers) => numbers[at]!);
  if (values.length === 0) return null;
  return { molecules: values.length, mean: meanOf(values), error: meanOf(values.map((one) => Math.abs(one - value))) };
}

function required<T>(outcome: Outcome<T>, place: number): T {
  if (outcome.ok) return outcome.value;
  throw new NextscaleError({
    code: "invalid-data",
    where: "--property",
    expected: "molecules that RDKit describes",
    got: `molecule ${place} that it does not: ${outcome.detail}`,
  });
}
