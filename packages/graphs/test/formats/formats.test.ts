import { NextscaleError } from "@nextscale/engine";
import fc from "fast-check";
import Graphology from "graphology";
import * as gexf from "graphology-gexf";
import * as graphml from "graphology-graphml";
import { SaxesParser } from "saxes";
import { describe, expect, test } from "vitest";
import {
  edgeListText,
  fromGraphology,
  gexfText,
  graphLinesText,
  graphmlText,
  graphOf,
  readEdgeList,
  readGexf,
  readGraphLines,
  readGraphml,
  toGraphology,
  type Graph,
} from "../../src/index.js";
import { FORMAT_LIMITS, fileError } from "../../src/formats/file-error.js";
import { graphLineReader } from "../../src/formats/graph-lines.js";
import { scanXml } from "../../src/formats/scan-xml.js";
import { anyGraph, anyName, isRead, mutated, namedGraph } from "./graphs.fixture.js";

const whole = (pieces: Iterable<string>): string => [...pieces].join("");
const Constructor = Graphology as unknown as typeof Graphology.default;

const example = graphOf({ nodeCount: 4, edges: [[0, 1, 1], [1, 2, 2], [0, 3, 0]], nodeLabels: [0, 6, 7, 8] }); // prettier-ignore

describe("JSON lines", () => {
  test("graphs come back with their split and target", () => {
    const target = fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined });
    const split = fc.option(fc.constantFrom("train", "val", "test"), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.record({ graph: anyGraph, split, target })), (given) => {
        const records = given.map(({ graph, ...rest }) => {
          return {
            graph,
            ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
          };
        });
        expect(readGraphLines(whole(graphLinesText(records)))).toEqual({ records, skipped: [], skippedCount: 0 });
      }),
    );
  });

  test("the text is stable, and the published sets' lines without a header are read", () => {
    expect(whole(graphLinesText([{ graph: example, split: "val" }]))).toBe(
      '{"format":"nextscale-graphs","version":1}\n{"split":"val","n":4,"edges":[0,1,0,3,1,2],"x":[0,6,7,8],"e":[1,0,2]}\n',
    );
    const published = '\uFEFF{"n":2,"edges":[0,1],"x":[1,3],"y":6}\r\n\r\n{"split":"test","n":1,"edges":[]}';
    const { records } = readGraphLines(published);
    expect(records).toEqual([
      { graph: graphOf({ nodeCount: 2, edges: [[0, 1]], nodeLabels: [1, 3] }), target: 6 },
      { graph: graphOf({ nodeCount: 1, edges: [] }), split: "test" },
    ]);
    expect(readGraphLines("")).toEqual({ records: [], skipped: [], skippedCount: 0 });
  });

  test.each([
    ['{"n":2}', "edges"],
    ['{"n":2,"edges":[0]}', "two nodes for each edge, got 1 numbers"],
    ['{"n":2,"edges":[0,2]}', "nodes from 0 to 1, got 2"],
    ['{"n":2,"edges":[1,1]}', "a loop at node 1"],
    ['{"n":2,"edges":[0,1,1,0]}', "0-1 twice"],
    ['{"n":2,"edges":[0,1],"e":[1,2]}', "1 labels of edges, got 2"],
    ['{"n":2,"edges":[0,1],"x":[1]}', "2 node labels, got 1"],
    ['{"n":2,"edges":[0,1],"x":[1,999]}', "x.1"],
    ['{"n":1e9,"edges":[]}', "n as the format has it"],
    ['{"n":2,"edges":[0,1],"labels":[1,2]}', "labels"],
    ['{"n":2,"edges":[0,1],"split":"dev"}', "split"],
    ["[1,2]", "a graph as the format has it"],
    ["{", "a graph as JSON"],
  ])("refuses %s with the number of its line", (line, message) => {
    const text = `{"n":1,"edges":[]}\n${line}\n{"n":3,"edges":[]}\n`;
    const error = () => readGraphLines(text);
    expect(error).toThrow(message);
    expect(error).toThrow("in line 2");
    const { records, skipped, skippedCount } = readGraphLines(text, { skipInvalid: true });
    expect(records.map(({ graph }) => graph.nodeCount)).toEqual([1, 3]);
    expect([skipped.map((of) => of.line), skippedCount]).toEqual([[2], 1]);
    expect(skipped[0]!.reason).toContain(message);
  });

  test("another format or version is refused even where lines may be skipped", () => {
    for (const header of [
      '{"format":"nextscale-graphs","version":2}',
      '{"format":"other","version":1}',
      '{"format":null}',
    ]) {
      expect(() => readGraphLines(header, { skipInvalid: true })).toThrow("version 1, got");
    }
  });

  test("files that were put together are one file", () => {
    const text = whole(graphLinesText([{ graph: example }]));
    expect(readGraphLines(text + text).records.map(({ graph }) => graph)).toEqual([example, example]);
  });

  test("a graph that does not pass a check is no graph, and its line is told", () => {
    const check = ({ nodeCount }: Graph) => {
      if (nodeCount > 2) throw new NextscaleError({ code: "invalid-data", where: "", expected: "two nodes", got: `${nodeCount}` }); // prettier-ignore
    };
    const text = '{"n":2,"edges":[]}\n{"n":3,"edges":[]}\n';
    expect(() => readGraphLines(text, { check })).toThrow("expected two nodes, got 3 in line 2");
    expect(readGraphLines(text, { check, skipInvalid: true })).toMatchObject({
      skipped: [{ line: 2 }],
      skippedCount: 1,
    });
  });

  test("only the first hundred reasons are kept", () => {
    const { skipped, skippedCount } = readGraphLines("x\n".repeat(250), { skipInvalid: true });
    expect([skipped.length, skippedCount]).toEqual([100, 250]);
  });
});

describe.each([
  ["GraphML", graphmlText, readGraphml],
  ["GEXF", gexfText, readGexf],
] as const)("%s", (format, write, read) => {
  test("graphs come back with their labels and names, whatever these are", () => {
    fc.assert(
      fc.property(namedGraph, ({ graph, names }) => {
        expect(read(whole(write(graph, names)))).toEqual({ graph, names });
      }),
    );
  });

  test("graphology reads what is written", () => {
    fc.assert(
      fc.property(anyGraph, (graph) => {
        const parse = format === "GEXF" ? gexf.parse : graphml.parse;
        // It keeps the XML attribute label of a node, which is its name, unless there is an attribute of that title.
        const labelled = graph.nodeLabels.some((label) => label !== 0);
        const parsed = parse(Constructor, whole(write(graph)));
        if (!labelled) parsed.updateEachNodeAttributes(() => ({}));
        expect(fromGraphology(parsed).graph).toEqual(graph);
      }),
    );
  });

  test.each([
    ["<a/>", "whose root is"],
    ["", "an element, got the end"],
    ["x", "elements"],
  ])("refuses %j", (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(isRead(() => read(text))).toBe(false);
  });

  test("names that it cannot hold are refused", () => {
    const pair = graphOf({ nodeCount: 2, edges: [] });
    expect(() => whole(write(pair, ["a"]))).toThrow("2 names, got 1");
    expect(() => whole(write(pair, ["a", "a"]))).toThrow("names that differ");
    expect(() => whole(write(pair, ["a", "\u0001"]))).toThrow("names that the format can hold");
  });
});

test("GEXF that graphology writes is read; the label it makes of numbers is a name there", () => {
  const source = toGraphology(graphOf({ nodeCount: 3, edges: [[0, 1], [1, 2]] })); // prettier-ignore
  source.forEachNode((node) =>
    source.mergeNodeAttributes(node, { label: `node ${node}`, kind: Number(node) + 1 } as never),
  );
  const { graph, names } = readGexf(gexf.write(source), { labelAttribute: "kind" });
  expect([graph.nodeLabels, graph.edgeCount, names]).toEqual([Uint8Array.of(1, 2, 3), 2, ["0", "1", "2"]]);
  expect(readGexf(gexf.write(source)).graph.nodeLabels).toEqual(Uint8Array.of(0, 0, 0));
});

describe("what other programs write", () => {
  const networkx = `<?xml version='1.0' encoding='utf-8'?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <key id="d1" for="edge" attr.name="label" attr.type="long"/>
  <key id="d0" for="node" attr.name="label" attr.type="long"><default>4</default></key>
  <key id="d2" for="node" attr.name="size" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="a &amp; b"><data key="d0">3</data><data key="d2">1.5</data></node>
    <node id="c"/>
    <edge source="a &amp; b" target="c"><data key="d1">2</data></edge>
  </graph>
</graphml>`;

  test("networkx's GraphML, with defaults", () => {
    expect(readGraphml(networkx)).toEqual({ graph: graphOf({ nodeCount: 2, edges: [[0, 1, 2]], nodeLabels: [3, 4] }), names: ["a & b", "c"] }); // prettier-ignore
    expect(readGraphml(networkx, { labelAttribute: null }).graph.nodeLabels).toEqual(Uint8Array.of(0, 0));
    expect(() => readGraphml(networkx, { labelAttribute: "size" })).toThrow('got "1.5" in line 7');
  });

  test("yEd's GraphML, with keys and elements of its own", () => {
    const text = `<graphml xmlns:y="http://www.yworks.com/xml/graphml"><!-- yEd -->
<key for="port" id="d0" yfiles.type="portgraphics"/><key for="node" id="d6" yfiles.type="nodegraphics"/>
<graph edgedefault="directed" id="G"><node id="n0"><data key="d6"><y:ShapeNode><y:NodeLabel>x<![CDATA[<&]]></y:NodeLabel></y:ShapeNode></data></node>
<node id="n1"/><edge id="e0" source="n0" target="n1" directed="false"/></graph></graphml>`;
    expect(readGraphml(text)).toEqual({ graph: graphOf({ nodeCount: 2, edges: [[0, 1]] }), names: ["n0", "n1"] });
  });

  const gephi = `<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2" xmlns:viz="http://www.gexf.net/1.2draft/viz">
  <meta lastmodifieddate="2009-03-20"><creator>Gephi</creator></meta>
  <graph defaultedgetype="undirected" mode="static">
    <attributes class="node"><attribute id="0" title="label" type="integer"><default>9</default></attribute></attributes>
    <attributes class="edge"><attribute id="0" title="strength" type="double"/></attributes>
    <nodes><node id="x" label="Myriel"><attvalues><attvalue for="0" value="5"/></attvalues><viz:size value="4"/>
      <nodes><node id="z" label="inside"/></nodes></node><node id="y" label="Valjean"/></nodes>
    <edges><edge id="0" source="x" target="y" type="mutual"><attvalues><attvalue for="0" value="1.5"/></attvalues></edge></edges>
  </graph>
</gexf>`;

  test("Gephi's GEXF: attributes by title, defaults, nodes inside nodes", () => {
    const { graph, names } = readGexf(gephi);
    expect(names).toEqual(["z", "x", "y"]);
    expect([graph.nodeLabels, graph.edgeCount]).toEqual([Uint8Array.of(9, 5, 9), 1]);
  });

  test.each([
    ['edgedefault="undirected"', 'edgedefault="directed"', "got a directed edge a & b -> c in line 9"],
    ['target="c"', 'target="d"', "got an edge of d in line 9"],
    ['target="c"', 'target="a &#38; b"', "got a loop at node a & b in line 9"],
    ['target="c"', "", "target of <edge>, got none in line 9"],
    ['<node id="c"/>', '<node id="c"/>\n<node id="c"/>', "each node once, got c again in line 9"],
    ["  </graph>", '<edge source="c" target="a &amp; b"/></graph>', "c - a & b again in line 10"],
    ['<node id="c"/>', '<node id="c"><graph edgedefault="directed"/></node>', "another <graph> in line 8"],
    ['<node id="c"/>', "<hyperedge/>", "a hyperedge in line 8"],
    [">3<", ">1000<", 'got "1000" in line 7'],
    ["<?xml version='1.0' encoding='utf-8'?>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "without a document type"],
    ['&amp; b"><data', '&unknown; b"><data', "references that XML knows, such as &amp;"],
    ['&amp; b"><data', '&#xD800; b"><data', "references that XML knows"],
    ["</graphml>", "", "</graphml>, got the end in line 11"],
    ["</graphml>", "</graph>", "the end of what is open"],
    ["</graphml>", "</graphml><a/>", "one root element"],
    ['<node id="c"/>', '<node id="c" id="d"/>', "each attribute once: id"],
    ['<node id="c"/>', "<node id=c/>", "the end of the tag <node>"],
    ['<node id="c"/>', '<node id="<"/>', "the end of the tag <node>"],
    ['<node id="c"/>', "\u0001", "text without control characters"],
    ['<node id="c"/>', "<!-- ", "--> somewhere"],
    ['<node id="c"/>', "<a>".repeat(70), "at most 64 elements inside one another"],
  ])("%s as %s is refused by line", (from, to, message) => {
    const text = networkx.replace(from, to);
    expect(() => readGraphml(text)).toThrow(message);
    expect(isRead(() => readGraphml(text))).toBe(false);
  });

  test("a file changes nothing but the graph: names that JavaScript gives a meaning are names", () => {
    const keys = Object.keys;
    for (const of of ["constructor", "__proto__", "prototype"]) {
      const text = `<graphml><key for="${of}" id="keys" attr.name="x"/><graph edgedefault="undirected"><node id="${of}"/></graph></graphml>`;
      expect(readGraphml(text).names).toEqual([of]);
      expect(readGexf(`<gexf><graph><attributes class="${of}"><attribute id="${of}" title="label"/></attributes><nodes><node id="${of}"/></nodes></graph></gexf>`).names).toEqual([of]); // prettier-ignore
      expect(readEdgeList(of).names).toEqual([of]);
    }
    expect(Object.keys).toBe(keys);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("damaged files are read or refused, and nothing else", () => {
    const texts = [
      [networkx, readGraphml],
      [gephi, readGexf],
      [whole(graphmlText(example)), readGraphml],
      [whole(gexfText(example)), readGexf],
      [whole(graphLinesText([{ graph: example, split: "val" }, { graph: example }])), readGraphLines],
      [whole(edgeListText(graphOf({ nodeCount: 5, edges: [[0, 1, 3], [2, 3, 4]] }))), readEdgeList], // prettier-ignore
    ] as const;
    for (const [text, read] of texts) {
      const outcomes = Array.from({ length: 200 }, (_, item) => isRead(() => read(mutated(text, item))));
      expect(outcomes.filter((wasRead) => wasRead).length).toBeGreaterThan(0);
      expect(outcomes.filter((wasRead) => !wasRead).length).toBeGreaterThan(20);
    }
  });
});

test("the scanner accepts what a conforming parser accepts of damaged XML, but for document types and depth", () => {
  const text = `<?xml version="1.0"?><a b="1" c='&lt;&#65;'><!-- x --><d/>text &amp; more<![CDATA[<raw>]]><e:f xmlns:e="u">é</e:f ></a>`;
  let compared = 0;
  for (let item = 0; item < 1200; item++) {
    const damaged = mutated(text, item);
    const ours = isRead(() =>
      scanXml("test", damaged, { open: () => undefined, close: () => undefined, text: () => undefined }),
    );
    // Stricter parsers refuse names and sequences whose meaning is clear to us; whatever they accept we must accept.
    if (!ours && !damaged.includes("<!D")) expect([damaged, conforms(damaged)]).toEqual([damaged, false]);
    compared += Number(!ours);
  }
  expect(compared).toBeGreaterThan(500);
});

function conforms(xml: string): boolean {
  const parser = new SaxesParser({ xmlns: false });
  let fine = true;
  parser.on("error", () => (fine = false));
  parser.write(xml).close();
  return fine;
}

describe("edge lists", () => {
  test("graphs come back, nodes without edges too", () => {
    const token = anyName.filter((name) => /^[^\s,#%][^\s,#]*$/.test(name));
    const named = anyGraph
      .filter((graph) => graph.nodeLabels.every((label) => label === 0))
      .chain((graph) => fc.record({ graph: fc.constant(graph), names: fc.uniqueArray(token, { minLength: graph.nodeCount, maxLength: graph.nodeCount }) })); // prettier-ignore
    fc.assert(fc.property(named, ({ graph, names }) => { expect(readEdgeList(whole(edgeListText(graph, names)))).toEqual({ graph, names }); })); // prettier-ignore
  });

  test("separators, comments and labels", () => {
    expect(readEdgeList("# SNAP\n% KONECT\na\tb\r\nb , c 7 # heavy\n\nd")).toEqual({
      graph: graphOf({ nodeCount: 4, edges: [[0, 1], [1, 2, 7]] }), // prettier-ignore
      names: ["a", "b", "c", "d"],
    });
    expect(() => readEdgeList("a b\na b c")).toThrow('got "c" in line 2');
    expect(() => readEdgeList("a b 1 2")).toThrow("two nodes and a label at most");
    expect(() => readEdgeList("a b\n\nb a")).toThrow("b - a again in line 3");
    expect(() => whole(edgeListText(example))).toThrow("no place for them");
  });
});

test("limits: a line is shown however long it is what came, and larger texts end with an error", () => {
  expect(fileError("x", { expected: "y", got: "z".repeat(900), line: 5 }).message).toMatch(/z… in line 5$/);
  const long = " ".repeat(FORMAT_LIMITS.text + 1);
  for (const read of [readGraphml, readGexf, readEdgeList])
    expect(() => read(long)).toThrow("at most 134217728 characters");
  expect(() => graphLineReader().line(new Uint8Array(FORMAT_LIMITS.line + 1))).toThrow(
    "lines of at most 67108864 bytes",
  );
});
