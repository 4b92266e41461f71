import { NextscaleError } from "@nextscale/engine";
import { requireArgument } from "@nextscale/refinement-core";
import { GRAPH_SET_NAMES, GRAPH_SETS, type GraphSetName } from "../data/graph-sets.js";
import { withShuffledNodes } from "../data/node-order.js";
import type { GraphSplit } from "../data/split.js";
import type { Graph } from "../graph/graph.js";
import { fileOfSet } from "./file-of-set.js";
import { readGraphFile } from "./graph-files.js";

/** A data set, read. */
export interface GraphSet extends GraphSplit {
  readonly name: GraphSetName;
  /** What whoever reports a number on it has to know. */
  readonly warnings: readonly string[];
}

const WHERE = "graphs/readGraphSet";

/**
 * Reads a published data set from the folder `graphs` of that which the environment variable `NEXTSCALE_DATA` names, with the split
 * it was published with. The nodes of every graph are in a random order that is the same for everybody: some files list them
 * community by community, which a model must not see.
 *
 * @throws NextscaleError `missing-data` where it is not there, `invalid-file` where it is damaged, `invalid-data` where it is not the
 *   set that was published
 */
export async function readGraphSet(name: GraphSetName): Promise<GraphSet> {
  requireArgument(WHERE, "name", name, {
    expected: `one of ${GRAPH_SET_NAMES.join(", ")}`,
    fits: (value) => GRAPH_SET_NAMES.some((known) => known === value),
  });
  const { sizes, source, warnings } = GRAPH_SETS[name];
  const path = fileOfSet(name, [`${name}.jsonl.gz`, `${name}.jsonl`], {
    where: WHERE,
    fix:
      `make it of ${source}, a line {"split":"train","n":3,"edges":[0,1,1,2]} for each graph, ` +
      "or generate graphs with generateGraphs",
  });
  const { records } = await readGraphFile(path);
  const parts = { train: [] as Graph[], validation: [] as Graph[], test: [] as Graph[] };
  records.forEach(({ graph, split = "train" }, index) => {
    parts[split === "val" ? "validation" : split].push(withShuffledNodes(graph, index));
  });
  for (const part of ["train", "validation", "test"] as const) {
    if (parts[part].length === sizes[part]) continue;
    throw new NextscaleError({
      code: "invalid-data",
      where: WHERE,
      expected: `${sizes[part]} graphs for ${part} in ${path}`,
      got: `${parts[part].length}`,
      fix: "fetch the file again",
    });
  }
  return { name, ...parts, warnings };
}
