import * as tf from "@tensorflow/tfjs-core";
import { mergeHeads, splitHeads } from "./attention.js";
import { linear } from "./linear.js";
import { afterAttention, type MabParameters, type SetBlockConfig } from "./set-transformer.js";

/** Which elements attend to which: a list of pairs of the rows of a batch, so that its cost grows with their number and not with n^2. */
export interface Links {
  /** The row that is attended to, of each link [L], int32. */
  readonly from: tf.Tensor;
  /** The row that attends [L], int32; -1 for padding. Every row is linked to itself. */
  readonly to: tf.Tensor;
}

/** What the elements attend to besides, and by how much more. */
export interface LinkedAttentionOptions {
  /** Added to the score of each link [L, heads]. */
  readonly bias: tf.Tensor;
  /** Elements that all of an item attend to [B, m, C]. */
  readonly summary?: tf.Tensor;
}

/** Scores are taken relative to that of an element with itself, and cut off so far above it that float32 holds their exponentials. */
const MOST = 60;

/**
 * The block MAB where each element x [B, n, C] attends only to those that it is linked with, and to a summary: the same parameters, and the same
 * result where every pair of an item is linked. [B, n, C].
 */
export function linkedMab({ width, heads }: SetBlockConfig) {
  const depth = width / heads;
  return (params: MabParameters, x: tf.Tensor, links: Links, { bias, summary }: LinkedAttentionOptions): tf.Tensor => {
    const [items = 0, count = 0] = x.shape;
    const rows = tf.reshape(x, [-1, width]);
    const query = tf.mul(linear(params.query, rows), 1 / Math.sqrt(depth));
    const [key, value] = [linear(params.key, rows), linear(params.value, rows)];
    const perHead = (of: tf.Tensor) => tf.reshape(of, [-1, heads, depth]);
    const at = (of: tf.Tensor, index: tf.Tensor) => tf.gather(of, tf.cast(index, "int32"));
    const target = tf.maximum(links.to, tf.scalar(0, "int32"));
    const own = tf.sum(tf.mul(perHead(query), perHead(key)), -1);
    const scores = tf.add(tf.sum(tf.mul(perHead(at(query, target)), perHead(at(key, links.from))), -1), bias);
    const weights = tf.exp(tf.minimum(tf.sub(scores, at(own, target)), MOST));
    const weighted = tf.mul(tf.expandDims(weights, -1), perHead(at(value, links.from)));
    const linked = {
      total: segmentSum(weights, links.to, items * count),
      sum: segmentSum(tf.reshape(weighted, [-1, width]), links.to, items * count),
    };
    const { total, sum } = summary === undefined ? linked : withSummary(linked, summary);
    const attended = tf.reshape(tf.div(perHead(sum), tf.expandDims(total, -1)), [-1, width]);
    return tf.reshape(afterAttention(params, rows, attended), [items, count, width]);

    function withSummary({ total: links, sum: ofLinks }: typeof linked, set: tf.Tensor): typeof linked {
      const setRows = tf.reshape(set, [-1, width]);
      const [keys, values] = [params.key, params.value].map((p) => splitHeads(linear(p, setRows), items, heads)) as [tf.Tensor, tf.Tensor]; // prettier-ignore
      const ownScores = tf.expandDims(tf.transpose(tf.reshape(own, [items, count, heads]), [0, 2, 1]), -1);
      const scoresOfSet = tf.matMul(splitHeads(query, items, heads), keys, false, true);
      const more = tf.exp(tf.minimum(tf.sub(scoresOfSet, ownScores), MOST));
      const totalOfSet = tf.reshape(tf.transpose(tf.sum(more, -1), [0, 2, 1]), [-1, heads]);
      return { total: tf.add(links, totalOfSet), sum: tf.add(ofLinks, mergeHeads(tf.matMul(more, values))) };
    }
  };
}

function segmentSum(rows: tf.Tensor, segments: tf.Tensor, count: number): tf.Tensor {
  return tf.unsortedSegmentSum(rows, segments as tf.Tensor1D, count);
}
