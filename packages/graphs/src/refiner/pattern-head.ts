import { gelu } from "@nextscale/engine";
import { linear, type HostParameters, type LinearParameters } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { PAIRS } from "../pyramid/candidates.js";
import { allowedPatterns, FORMS, PAIRS_OF_END, type Patterns } from "../pyramid/patterns.js";
import type { Dense } from "./dense.js";
import type { RefinerTensors } from "./inputs.js";
import type { PairView } from "./pair-view.js";
import { IMPOSSIBLE, tableOf } from "./tables.js";

/** Parameters of the head for the patterns of groups. */
export type PatternHeadParameters = {
  /** Of either node of a pair, added up. */
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

/** What the head is made for. */
export interface PatternHeadConfig {
  readonly patterns: Patterns;
  /** Width of the rows of nodes. */
  readonly width: number;
  /** Numbers that describe a pair before its label is predicted. */
  readonly pairWidth: number;
  /** Features of a pair. */
  readonly pairInputs: number;
}

/**
 * Logits of the patterns of groups: the sum of what each pair says, of what the two pairs of each node say together, since what an atom has
 * room for depends on both, and of what the whole says of the class of the pattern.
 */
export function patternHead({ patterns, width, pairWidth, pairInputs }: PatternHeadConfig) {
  const ends = PAIRS_OF_END.length;
  const endDigits = tableOf(endTable(patterns), [ends * patterns.endCount, patterns.count]);
  const digits = tableOf(digitTable(patterns), [PAIRS * patterns.labels, patterns.count]);
  const classes = tableOf(classTable(patterns), [patterns.classCount, patterns.count]);
  const forbidden = tableOf(forbiddenTable(patterns), [FORMS + 1, patterns.count]);
  return {
    init: ({ dense, head }: Dense): HostParameters<PatternHeadParameters> => ({
      sum: dense("pair/sum", width, pairWidth),
      product: dense("pair/product", width, pairWidth),
      mix: dense("pair/mix", pairWidth, pairWidth),
      state: dense("pair/state", pairInputs, pairWidth),
      label: head("pair/label", pairWidth, patterns.labels),
      pattern: head("pair/pattern", pairWidth, patterns.classCount),
      end: dense("pair/end", width, pairWidth),
      endPairs: dense("pair/end-pairs", pairWidth, pairWidth),
      endLabels: head("pair/end-labels", pairWidth, patterns.endCount),
    }),
    /** @param rows of nodes [items * nodes, width] @returns [items * groups, patterns] */
    apply(params: PatternHeadParameters, rows: tf.Tensor, inputs: RefinerTensors, view: PairView): tf.Tensor {
      const groups = (inputs.forms.shape[0] ?? 0) * (inputs.forms.shape[1] ?? 0);
      const flat = (index: tf.Tensor) => tf.reshape<tf.Rank.R1>(index, [groups * PAIRS]);
      const [firsts, seconds] = [view.rowsAt(inputs.first), view.rowsAt(inputs.second)];
      const ofEnds = (x: tf.Tensor) => [firsts(x), seconds(x)] as const;
      const sum = tf.add(...ofEnds(linear(params.sum, rows)));
      const product = tf.mul(...ofEnds(linear(params.product, rows)));
      const state = linear(params.state, tf.gather(view.features, flat(inputs.places)));
      const hidden = gelu(tf.add(tf.add(sum, linear(params.mix, product)), state));
      const present = tf.reshape(inputs.present, [groups, PAIRS, 1]);
      const labels = tf.mul(tf.reshape(linear(params.label, hidden), [groups, PAIRS, patterns.labels]), present);
      const perGroup = tf.mul(tf.reshape(hidden, [groups, PAIRS, pairWidth]), present);
      const mean = tf.div(tf.sum(perGroup, 1), tf.maximum(tf.sum(present, 1), 1));
      const byPair = tf.matMul(tf.reshape(labels, [groups, PAIRS * patterns.labels]), digits());
      const byClass = tf.matMul(linear(params.pattern, mean), classes());
      const byEnd = tf.matMul(endLogits(params, ofEnds(linear(params.end, rows)), { perGroup, present }), endDigits());
      const impossible = tf.gather(forbidden(), tf.reshape<tf.Rank.R1>(inputs.forms, [groups]));
      return tf.add(tf.add(tf.add(byPair, byClass), byEnd), impossible);
    },
  };

  /** Of each of the four nodes of a group, logits of what its two pairs are together [groups, 4 * endCount]. */
  function endLogits(
    params: PatternHeadParameters,
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
    const mixed = linear(params.endPairs, tf.reshape(pairs, [groups * ends, pairWidth]));
    const hidden = gelu(tf.add(tf.reshape(ofNodes(first, second), [groups * ends, pairWidth]), mixed));
    const logits = tf.reshape(linear(params.endLabels, hidden), [groups, ends, patterns.endCount]);
    return tf.reshape(tf.mul(logits, ofNodes(present, present)), [groups, ends * patterns.endCount]);
  }
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
