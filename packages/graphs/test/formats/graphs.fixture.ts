import fc from "fast-check";
import { isNextscaleError } from "@nextscale/engine";
import { integerSource, randomStream } from "@nextscale/refinement-core";
import { graphOf, type Graph } from "../../src/graph/graph.js";

/** Any small graph, with or without labels of nodes and edges. */
export const anyGraph: fc.Arbitrary<Graph> = fc
  .tuple(fc.nat({ max: 9 }), fc.boolean(), fc.boolean())
  .chain(([nodeCount, nodesLabelled, edgesLabelled]) => {
    const node = fc.nat({ max: Math.max(0, nodeCount - 1) });
    const label = fc.nat({ max: edgesLabelled ? 255 : 0 });
    const edge = fc.tuple(node, node, label).filter(([a, b]) => a !== b);
    const selector = ([a, b]: readonly [number, number, number]) => `${Math.min(a, b)}-${Math.max(a, b)}`;
    const edges = nodeCount < 2 ? fc.constant([]) : fc.uniqueArray(edge, { selector, maxLength: 20 });
    const labels = fc.array(fc.nat({ max: nodesLabelled ? 255 : 0 }), { minLength: nodeCount, maxLength: nodeCount });
    return fc.tuple(edges, labels).map(([of, nodeLabels]) => graphOf({ nodeCount, edges: of, nodeLabels }));
  });

/** Texts that XML can hold. */
export const anyName: fc.Arbitrary<string> = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => !/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text));

/** A graph with names that differ. */
export const namedGraph = anyGraph.chain((graph) =>
  fc.record({
    graph: fc.constant(graph),
    names: fc.uniqueArray(anyName, { minLength: graph.nodeCount, maxLength: graph.nodeCount }),
  }),
);

/** Bytes of a text with some changed, lost, doubled or moved. */
export function mutated(text: string, item: number): string {
  const draw = integerSource(randomStream(7, "test/mutated"), { item });
  let bytes = Buffer.from(text);
  for (let change = draw(4); change >= 0; change--) {
    const at = draw(bytes.length + 1);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const piece = bytes.subarray(draw(bytes.length + 1)).subarray(0, draw(30));
    const with_ = [Buffer.of(draw(256)), Buffer.from("<>&\"'/ {}[],:-9#\n"[draw(17)]!), piece, Buffer.alloc(0)][
      draw(4)
    ]!;
    bytes = Buffer.concat([before, with_, after.subarray(draw(2) * draw(20))]);
  }
  return bytes.toString();
}

/** Reads a text and says whether it was read; what is thrown must be the error that files have. */
export function isRead(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (isNextscaleError(error, "invalid-file")) return false;
    throw error;
  }
}
