import { gelu } from "@nextscale/engine";
import {
  initialiser,
  initLinear,
  linear,
  sab,
  type HostParameters,
  type LinearParameters,
  type MabParameters,
  type NormalSource,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Coding } from "../codes/encode-graph.js";
import { SPLIT_CLASSES } from "../codes/split-classes.js";
import { massOf } from "../pyramid/formula.js";
import type { SplitCodes } from "../codes/split-codes.js";
import { PAIRS } from "../pyramid/candidates.js";
import { allowedPatterns, FORMS, PAIRS_OF_END, type Patterns } from "../pyramid/patterns.js";
import { nodeFeatures, pairStates, type RefinerInputs } from "./inputs.js";
import { walksOf } from "./walks.js";

/** Parameters of the network. */
export type GraphRefinerParameters = {
  readonly node: LinearParameters;
  /** Returns of random walks to where they began [walkLength, width]. */
  readonly returns: tf.Tensor;
  /** Number of pairs in each state but none that a node is in [states - 1, width]. */
  readonly counts: tf.Tensor;
  readonly blocks: readonly {
    readonly block: MabParameters;
    /** What the state of a pair, and the walks between its nodes, add to the scores of each head. */
    readonly bias: LinearParameters;
  }[];
  readonly splits: LinearParameters;
  readonly pair: {
    /** Of either node, added up. */
    readonly sum: LinearParameters;
    /** Of either node, multiplied. */
    readonly product: LinearParameters;
    readonly mix: LinearParameters;
    readonly state: LinearParameters;
    readonly label: LinearParameters;
    readonly pattern: LinearParameters;
    /** Of a node and of its pairs in a group: what the two are together. */
    readonly end: LinearParameters;
    readonly endPairs: LinearParameters;
    readonly endLabels: LinearParameters;
  };
};

/** Inputs of the network as tensors: see `RefinerInputs`. */
export type RefinerTensors = { readonly [K in keyof RefinerInputs]: tf.Tensor };

/** Logits of all codes of a batch. */
export type RefinerLogits = {
  /** Of the code of each node's split [items, nodes, codes]. */
  readonly splits: tf.Tensor;
  /** Of each group's pattern [items, groups, patterns]. */
  readonly patterns: tf.Tensor;
};

/** Added to the logits of what cannot be. */
const IMPOSSIBLE = -1e9;

const deviationOf = (inputs: number): number => Math.sqrt(1 / (3 * inputs));
/** An untrained head is near uniform. */
const HEAD_DEVIATION = 0.02;

/** The network as two functions. */
export interface GraphRefiner {
  init(source: NormalSource): HostParameters<GraphRefinerParameters>;
  apply(params: GraphRefinerParameters, inputs: RefinerTensors): RefinerLogits;
}

/**
 * The refiner of graphs: a set transformer over the nodes of a level, without any notion of their order. Attention knows the
 * state of each pair of nodes; heads for nodes and for groups of pairs say what is likely. It commutes with every permutation
 * of the nodes, of the groups, and of the nodes on either side of a group.
 */
export function graphRefiner({ config, patterns, splits }: Coding): GraphRefiner {
  const { width, heads, blocks, walkLength, pairWidth } = config.network;
  const states = pairStates(config.edgeLabels);
  const block = sab({ width, heads, hidden: 4 * width });
  const pairInputs = states + walkLength;
  const features = nodeFeatures(config);
  const endDigits = tableOf(endTable(patterns), [PAIRS_OF_END.length * patterns.endCount, patterns.count]);
  const digits = tableOf(digitTable(patterns), [PAIRS * patterns.labels, patterns.count]);
  const classes = tableOf(classTable(patterns), [patterns.classCount, patterns.count]);
  const excess = excessTable(splits, config.nodeLabels);
  const forbidden = tableOf(forbiddenTable(patterns), [FORMS + 1, patterns.count]);
  return {
    init(source) {
      const random = initialiser(source);
      const dense = (name: string, inputs: number, outputs: number) =>
        initLinear(random.at(name), inputs, outputs, deviationOf(inputs));
      const head = (name: string, inputs: number, outputs: number) =>
        initLinear(random.at(name), inputs, outputs, HEAD_DEVIATION * deviationOf(inputs));
      return {
        node: dense("node", features, width),
        returns: random.normal("returns", [walkLength, width], deviationOf(walkLength)),
        counts: random.normal("counts", [states - 1, width], deviationOf(states - 1)),
        blocks: Array.from({ length: blocks }, (_, i) => ({
          block: block.init(random.at(`block/${i}`)),
          bias: dense(`bias/${i}`, pairInputs, heads),
        })),
        splits: head("splits", width, splits.count),
        pair: {
          sum: dense("pair/sum", width, pairWidth),
          product: dense("pair/product", width, pairWidth),
          mix: dense("pair/mix", pairWidth, pairWidth),
          state: dense("pair/state", pairInputs, pairWidth),
          label: head("pair/label", pairWidth, patterns.labels),
          pattern: head("pair/pattern", pairWidth, patterns.classCount),
          end: dense("pair/end", width, pairWidth),
          endPairs: dense("pair/end-pairs", pairWidth, pairWidth),
          endLabels: head("pair/end-labels", pairWidth, patterns.endCount),
        },
      };
    },
    apply(params, inputs) {
      const [items = 0, nodes = 0] = inputs.nodes.shape;
      const [, groups = 0] = inputs.forms.shape;
      const walks = walksOf(inputs.pairs, walkLength, config.edgeLabels);
      const pairs: tf.Tensor = tf.oneHot(inputs.pairs, states, 1, 0, "float32");
      const pairFeatures = tf.reshape(tf.concat([pairs, walks.between], -1), [items * nodes * nodes, pairInputs]);
      const embedded = linear(params.node, tf.reshape(inputs.nodes, [items * nodes, features]));
      const returns = tf.matMul(tf.reshape(walks.returns, [items * nodes, walkLength]), params.returns);
      // Attention is a mean and cannot count, which valences are about.
      const degrees = tf.reshape(tf.slice(tf.sum(pairs, 2), [0, 0, 1]), [items * nodes, states - 1]);
      const counts = tf.matMul(degrees, params.counts);
      let x: tf.Tensor = tf.reshape(tf.add(tf.add(embedded, returns), counts), [items, nodes, width]);
      for (const { block: layer, bias } of params.blocks) {
        const scores = tf.reshape(linear(bias, pairFeatures), [items, nodes, nodes, heads]);
        x = block.apply(layer, x, { mask: inputs.mask, pairBias: tf.transpose(scores, [0, 3, 1, 2]) });
      }
      const rows = tf.reshape(x, [items * nodes, width]);
      const excluded = tf.mul(exceeded(inputs.limits, excess), IMPOSSIBLE);
      return {
        splits: tf.reshape(tf.add(linear(params.splits, rows), excluded), [items, nodes, splits.count]),
        patterns: tf.reshape(patternLogits(params.pair, { rows, pairFeatures, inputs }), [items, groups, patterns.count]), // prettier-ignore
      };
    },
  };

  function patternLogits(
    pair: GraphRefinerParameters["pair"],
    from: { readonly rows: tf.Tensor; readonly pairFeatures: tf.Tensor; readonly inputs: RefinerTensors },
  ): tf.Tensor {
    const { rows, pairFeatures, inputs } = from;
    const groups = (inputs.forms.shape[0] ?? 0) * (inputs.forms.shape[1] ?? 0);
    const flat = (index: tf.Tensor) => tf.reshape<tf.Rank.R1>(index, [groups * PAIRS]);
    const ends = [inputs.first, inputs.second].map((index) => rowsAt(index, inputs.mask)) as [RowsAt, RowsAt];
    const ofEnds = (x: tf.Tensor) => [ends[0](x), ends[1](x)] as const;
    const sum = tf.add(...ofEnds(linear(pair.sum, rows)));
    const product = tf.mul(...ofEnds(linear(pair.product, rows)));
    const state = linear(pair.state, tf.gather(pairFeatures, flat(inputs.places)));
    const hidden = gelu(tf.add(tf.add(sum, linear(pair.mix, product)), state));
    const present = tf.reshape(inputs.present, [groups, PAIRS, 1]);
    const labels = tf.mul(tf.reshape(linear(pair.label, hidden), [groups, PAIRS, patterns.labels]), present);
    const perPair = tf.reshape(labels, [groups, PAIRS * patterns.labels]);
    const perGroup = tf.mul(tf.reshape(hidden, [groups, PAIRS, pairWidth]), present);
    const total = tf.sum(perGroup, 1);
    const mean = tf.div(total, tf.maximum(tf.sum(present, 1), 1));
    const byPair = tf.matMul(perPair, digits());
    const byClass = tf.matMul(linear(pair.pattern, mean), classes());
    const byEnd = tf.matMul(endLogits(pair, ofEnds(linear(pair.end, rows)), { perGroup, present }), endDigits());
    const impossible = tf.gather(forbidden(), tf.reshape<tf.Rank.R1>(inputs.forms, [groups]));
    return tf.add(tf.add(tf.add(byPair, byClass), byEnd), impossible);
  }

  /** Of each of the four nodes of a group, logits of what its two pairs are together [groups, 4 * endCount]. */
  function endLogits(
    pair: GraphRefinerParameters["pair"],
    [first, second]: readonly [tf.Tensor, tf.Tensor],
    { perGroup, present }: { readonly perGroup: tf.Tensor; readonly present: tf.Tensor },
  ): tf.Tensor {
    const [groups = 0] = perGroup.shape;
    const pairAt = (x: tf.Tensor, at: number) => tf.slice(tf.reshape(x, [groups, PAIRS, -1]), [0, at, 0], [groups, 1, -1]); // prettier-ignore
    /** Of each node, from the pair that it is in whenever it is there at all. */
    const ofNodes = (a: tf.Tensor, b: tf.Tensor) => tf.concat([pairAt(a, 0), pairAt(a, 2), pairAt(b, 0), pairAt(b, 1)], 1); // prettier-ignore
    const pairs = tf.concat(
      PAIRS_OF_END.map(([a, b]) => tf.add(pairAt(perGroup, a), pairAt(perGroup, b))),
      1,
    );
    const mixed = linear(pair.endPairs, tf.reshape(pairs, [groups * PAIRS_OF_END.length, pairWidth]));
    const hidden = gelu(tf.add(tf.reshape(ofNodes(first, second), [groups * PAIRS_OF_END.length, pairWidth]), mixed));
    const logits = tf.reshape(linear(pair.endLabels, hidden), [groups, PAIRS_OF_END.length, patterns.endCount]);
    return tf.reshape(tf.mul(logits, ofNodes(present, present)), [groups, PAIRS_OF_END.length * patterns.endCount]);
  }
}

/** Takes rows of [items * nodes, C]: [items * groups * 4, C]. */
type RowsAt = (x: tf.Tensor) => tf.Tensor;

/**
 * The rows of nodes [items, groups, 4] of a mask's [items, nodes]. A product with ones and zeros within each item: the gradient of a
 * gather adds row by row, which is ten times slower.
 */
function rowsAt(index: tf.Tensor, mask: tf.Tensor): RowsAt {
  const [items = 0, nodes = 0] = mask.shape;
  const which = tf.cast(tf.equal(tf.reshape(index, [items, -1, 1]), numbersTo(nodes)), "float32");
  return (x) => {
    const [, width = 0] = x.shape;
    return tf.reshape(tf.matMul(which, tf.reshape(x, [items, nodes, width])), [-1, width]);
  };
}

/** 1 for the splits that take more of something than a node has, [rows, codes]. @param limits [items, nodes, labels + 1] */
function exceeded(limits: tf.Tensor, { steps, table }: ReturnType<typeof excessTable>): tf.Tensor {
  const [items = 0, nodes = 0, kinds = 0] = limits.shape;
  const short = tf.greaterEqual(numbersTo(steps), tf.reshape(limits, [items * nodes, kinds, 1]));
  const wanting = tf.matMul(tf.reshape(tf.cast(short, "float32"), [items * nodes, kinds * steps]), table());
  return tf.cast(tf.greater(wanting, 0), "float32");
}

/**
 * Of each code of splits what it takes at least: 1 where it takes more than t nodes of a label, or in all, t = 0, 1, ... [(labels + 1) * steps, codes]. Its
 * product with what a node is short of is above 0 where the code is not for it.
 */
function excessTable({ count, formulas }: SplitCodes, labels: number) {
  const taken = Array.from({ length: count }, (_, code) => {
    const formula = code < SPLIT_CLASSES ? new Int32Array(labels) : formulas[code - SPLIT_CLASSES]!;
    return [...formula, code < SPLIT_CLASSES ? code : massOf(formula)];
  });
  const steps = Math.max(...taken.flat());
  const values = new Float32Array((labels + 1) * steps * count);
  taken.forEach((amounts, code) =>
    amounts.forEach((amount, kind) => {
      for (let t = 0; t < amount; t++) values[(kind * steps + t) * count + code] = 1;
    }),
  );
  return { steps, table: tableOf(values, [(labels + 1) * steps, count]) };
}

/** 0, 1, ... [1, 1, count] */
function numbersTo(count: number): tf.Tensor {
  return tf.tensor(Int32Array.from(Array(count).keys()), [1, 1, count], "int32");
}

/** A constant, made anew in each trace. */
function tableOf(values: Float32Array, shape: [number, number]): () => tf.Tensor2D {
  return () => tf.tensor2d(values, shape);
}

/** Which label of which pair a pattern has, [4 * labels, count]. */
function digitTable({ digits, labels, count }: Patterns): Float32Array {
  const table = new Float32Array(PAIRS * labels * count);
  for (let pattern = 0; pattern < count; pattern++) {
    for (let pair = 0; pair < PAIRS; pair++)
      table[(pair * labels + digits[pattern * PAIRS + pair]!) * count + pattern] = 1;
  }
  return table;
}

/** What the two pairs of each node of a pattern are, [4 * endCount, count]. */
function endTable({ ends, endCount, count }: Patterns): Float32Array {
  const table = new Float32Array(PAIRS_OF_END.length * endCount * count);
  ends.forEach((end, at) => (table[((at & 3) * endCount + end) * count + (at >> 2)] = 1));
  return table;
}

/** Which class a pattern is in, [classes, count]. */
function classTable({ classes, classCount, count }: Patterns): Float32Array {
  const table = new Float32Array(classCount * count);
  classes.forEach((c, pattern) => (table[c * count + pattern] = 1));
  return table;
}

/** What is added to the logits of patterns that a form cannot have; nothing in padding, [FORMS + 1, count]. */
function forbiddenTable(patterns: Patterns): Float32Array {
  const allowed = allowedPatterns(patterns);
  const table = new Float32Array((FORMS + 1) * patterns.count);
  allowed.forEach((may, at) => (table[at] = may === 1 ? 0 : IMPOSSIBLE));
  return table;
}
