import { isNextscaleError } from "@nextscale/engine";
import { generateGraphs, splitByClass, type GraphSetName, type GraphSplit } from "@nextscale/graphs";
import { readGraphSet } from "@nextscale/graphs/node";

/** Graphs to train on and to compare with. */
export interface GraphData extends GraphSplit {
  /** What a model's description calls them. */
  readonly name: string;
  /** What whoever reports a number on them has to know. */
  readonly warnings: readonly string[];
}

/** Sets whose like our generators draw: of the same sizes as the published ones, by the same recipes. */
const GENERATED: readonly GraphSetName[] = ["planar", "tree", "sbm"];
const SIZES = { train: 128, validation: 32, test: 40 } as const;
const SEED = 0;

/**
 * A published set of `NEXTSCALE_DATA`; where it is not there, generated graphs in its place if there is a generator of its kind.
 *
 * @throws NextscaleError as `readGraphSet`
 */
export async function setOrGenerated(name: GraphSetName): Promise<GraphData> {
  try {
    return heldOut(await readGraphSet(name));
  } catch (error) {
    if (!isNextscaleError(error, "missing-data") || !GENERATED.includes(name)) throw error;
    return generated(name as "planar" | "tree" | "sbm");
  }
}

function generated(kind: "planar" | "tree" | "sbm"): GraphData {
  const { train, validation, test } = SIZES;
  const count = train + validation + test;
  const graphs = generateGraphs({ kind, count, seed: SEED });
  return {
    name: `generated ${kind}`,
    train: graphs.slice(0, train),
    validation: graphs.slice(train, train + validation),
    test: graphs.slice(train + validation),
    warnings: [
      `the published set ${kind} is not in NEXTSCALE_DATA: these are graphs of our own generator, seed ${SEED}, ` +
        `${train} to train on; figures are not those of the published set`,
    ],
  };
}

/** A set that was published without a split gets one, by classes of isomorphism. */
function heldOut(set: GraphData): GraphData {
  if (set.test.length > 0) return set;
  const split = splitByClass(set.train, { seed: SEED });
  const sizes = `${split.train.length}, ${split.validation.length} and ${split.test.length} graphs`;
  return { ...set, ...split, warnings: [...set.warnings, `split here by isomorphism, seed ${SEED}, into ${sizes}`] };
}
