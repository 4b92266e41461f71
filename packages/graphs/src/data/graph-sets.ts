/** Names of the data sets that are known here. */
export const GRAPH_SET_NAMES = [
  "planar",
  "sbm",
  "tree",
  "community_small",
  "ego_small",
  "community20",
  "enzymes",
] as const;

/** A data set of graphs that papers compare on. */
export type GraphSetName = (typeof GRAPH_SET_NAMES)[number];

/** What is known of a set before it is read. */
export interface GraphSetDescription {
  /** One line. */
  readonly title: string;
  /** Number of graphs in each part. Sets that were published without a split are all `train`. */
  readonly sizes: { readonly train: number; readonly validation: number; readonly test: number };
  /** What whoever reports a number on it has to know. */
  readonly warnings: readonly string[];
  /** Where the graphs are from. */
  readonly source: string;
  readonly licence: string;
}

const NO_SPLIT = "published without a split: all graphs are in `train`, hold out classes of them with splitByClass";

/** The sets, as described by the SOURCE.md beside each file; numbers of classes were counted by isomorphism. */
export const GRAPH_SETS: Readonly<Record<GraphSetName, GraphSetDescription>> = {
  planar: {
    title: "Delaunay triangulations of 64 uniform points (SPECTRE's planar_64_200)",
    sizes: { train: 128, validation: 32, test: 40 },
    warnings: [],
    source: "github.com/AndreasBergmeister/graph-generation at 4625978, data/planar.pkl",
    licence: "MIT",
  },
  sbm: {
    title: "stochastic block models, 2 to 5 communities of 20 to 40 nodes",
    sizes: { train: 128, validation: 32, test: 40 },
    warnings: ["4 of the 200 graphs are not connected"],
    source: "github.com/AndreasBergmeister/graph-generation at 4625978, data/sbm.pkl",
    licence: "MIT",
  },
  tree: {
    title: "uniformly random labelled trees of 64 nodes",
    sizes: { train: 128, validation: 32, test: 40 },
    warnings: [],
    source: "github.com/AndreasBergmeister/graph-generation at 4625978, data/tree.pkl",
    licence: "MIT",
  },
  community_small: {
    title: "two communities, 12 to 20 nodes",
    sizes: { train: 80, validation: 0, test: 20 },
    warnings: [
      "only 52 of the 100 graphs differ, and 10 of the 20 test graphs are training graphs too: scores reward remembering; " +
        "use it to compare with published numbers only, beside generated graphs of the kind community",
    ],
    source: "github.com/harryjo97/GDSS at 24cc490, data/community_small.pkl",
    licence: "none stated",
  },
  ego_small: {
    title: "neighbourhoods of papers in Citeseer, 4 to 17 nodes",
    sizes: { train: 160, validation: 0, test: 40 },
    warnings: [
      "only 82 of the 200 graphs differ, and 28 of the 40 test graphs are training graphs too: scores reward remembering; " +
        "use it to compare with published numbers only",
    ],
    source: "github.com/harryjo97/GDSS at 24cc490, data/ego_small.pkl",
    licence: "none stated",
  },
  community20: {
    title: "two communities, 12 to 20 nodes (DiGress's comm20)",
    sizes: { train: 100, validation: 0, test: 0 },
    warnings: [NO_SPLIT, "only 62 of the 100 graphs differ"],
    source: "github.com/KarolisMart/SPECTRE at f676c0d, data/community_12_21_100.pt",
    licence: "MIT",
  },
  enzymes: {
    title: "proteins of 10 to 124 secondary-structure elements of three kinds, labels 1 to 3",
    sizes: { train: 586, validation: 0, test: 0 },
    warnings: [NO_SPLIT, "30 of the 586 graphs are not connected"],
    source: "github.com/valence-discovery/lapool at 08f1a81, data/ENZYMES (TU Dortmund)",
    licence: "none stated",
  },
};
