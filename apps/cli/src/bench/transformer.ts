import { f32, gelu, i32, layerNorm, softmaxCrossEntropy } from "@nextscale/engine";
import * as tf from "@tensorflow/tfjs-core";
import { defineNetwork } from "./network.js";

const BATCH = 64;
const TOKENS = 104;
const WIDTH = 192;
const HEADS = 6;
const LAYERS = 6;
const VOCABULARY = 256;
const HEAD_WIDTH = WIDTH / HEADS;

const norm = { scale: f32(WIDTH), bias: f32(WIDTH) };
const dense = (inputs: number, outputs: number) => ({ weight: f32(inputs, outputs), bias: f32(outputs) });

const block = {
  attentionNorm: norm,
  query: dense(WIDTH, WIDTH),
  key: dense(WIDTH, WIDTH),
  value: dense(WIDTH, WIDTH),
  project: dense(WIDTH, WIDTH),
  mlpNorm: norm,
  up: dense(WIDTH, 4 * WIDTH),
  down: dense(4 * WIDTH, WIDTH),
};

const parameters = {
  tokens: f32(VOCABULARY, WIDTH),
  positions: f32(TOKENS, WIDTH),
  blocks: Array.from({ length: LAYERS }, () => block),
  norm,
  head: dense(WIDTH, VOCABULARY),
};

type Dense = { readonly weight: tf.Tensor; readonly bias: tf.Tensor };
type Block = { readonly [K in keyof typeof block]: { readonly [key: string]: tf.Tensor } };

const apply = (x: tf.Tensor, { weight, bias }: Dense) => tf.add(tf.matMul(x, weight), bias);

/** [batch * tokens, width] -> [batch, heads, tokens, head width]. */
function heads(x: tf.Tensor): tf.Tensor {
  return tf.transpose(tf.reshape(x, [BATCH, TOKENS, HEADS, HEAD_WIDTH]), [0, 2, 1, 3]);
}

function attention(x: tf.Tensor, block: Block, mask: tf.Tensor): tf.Tensor {
  const query = heads(tf.mul(apply(x, block.query as Dense), 1 / Math.sqrt(HEAD_WIDTH)));
  const key = heads(apply(x, block.key as Dense));
  const value = heads(apply(x, block.value as Dense));
  const weights = tf.softmax(tf.add(tf.matMul(query, key, false, true), mask));
  const mixed = tf.reshape(tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]), [BATCH * TOKENS, WIDTH]);
  return apply(mixed, block.project as Dense);
}

/** 0 where a token may look, -1e9 at later tokens. */
function causalMask(): tf.Tensor {
  const values = Array.from({ length: TOKENS * TOKENS }, (_, i) => (i % TOKENS > Math.floor(i / TOKENS) ? -1e9 : 0));
  return tf.tensor(values, [TOKENS, TOKENS]);
}

const perToken = LAYERS * 12 * WIDTH * WIDTH + VOCABULARY * WIDTH;
const attentionProducts = LAYERS * 2 * TOKENS * WIDTH;
/** Forward and both gradients of every product. */
const flops = 3 * 2 * BATCH * TOKENS * (perToken + attentionProducts);

/** A pre-norm decoder: 6 layers, width 192, 6 heads, 64 sequences of 104 tokens, vocabulary 256. */
export const transformer = defineNetwork({
  name: "transformer 6 x 192, 64 x 104 tokens",
  parameters,
  batch: { tokens: i32(BATCH * TOKENS), labels: i32(BATCH * TOKENS) },
  loss: (p, { tokens, labels }) => {
    const mask = causalMask();
    const embedded = tf.reshape(tf.gather(p.tokens, tokens as tf.Tensor1D), [BATCH, TOKENS, WIDTH]);
    let x: tf.Tensor = tf.reshape(tf.add(embedded, p.positions), [BATCH * TOKENS, WIDTH]);
    for (const block of p.blocks as readonly Block[]) {
      x = tf.add(x, attention(layerNorm(x, block.attentionNorm), block, mask));
      const hidden = gelu(apply(layerNorm(x, block.mlpNorm), block.up as Dense));
      x = tf.add(x, apply(hidden, block.down as Dense));
    }
    return tf.mean(softmaxCrossEntropy(apply(layerNorm(x, p.norm), p.head), labels));
  },
  classes: VOCABULARY,
  flops,
  stepsPerRun: 1,
});
