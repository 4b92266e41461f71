import { NextscaleError } from "@nextscale/engine";
import type { Graph } from "../graph/graph.js";
import { fitsXml } from "./markup.js";

/**
 * What each node is called in a file: its name, or else its number.
 *
 * @throws NextscaleError `invalid-argument` for names that are not as many, not different, or that the format cannot hold
 */
export function nodeNames(
  where: string,
  graph: Graph,
  names: readonly string[] | undefined,
  fits: (name: string) => boolean = fitsXml,
): (node: number) => string {
  if (names === undefined) return String;
  const refuse = (expected: string, got: string): never => {
    throw new NextscaleError({ code: "invalid-argument", where, expected, got });
  };
  if (names.length !== graph.nodeCount) refuse(`${graph.nodeCount} names`, `${names.length}`);
  if (new Set(names).size !== names.length) refuse("names that differ", "some twice");
  const wrong = names.find((name) => typeof name !== "string" || !fits(name));
  if (wrong !== undefined) refuse("names that the format can hold", JSON.stringify(wrong));
  return (node) => names[node]!;
}
