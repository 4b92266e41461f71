import { layerNorm } from "@nextscale/engine";
import {
  initialiser,
  initLinear,
  initSharedModulation,
  linear,
  sharedModulation,
  siteFeatureCount,
  siteFeatures,
  type HostParameters,
  type Initialiser,
  type LinearParameters,
  type NormalSource,
  type SharedModulationParameters,
  type SiteFeatureConfig,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { Grid } from "../grid/grid.js";
import type { TokenGrid } from "./displacement.js";
import { toTokens } from "./field-tokens.js";
import { tokenGrid, type ScaleTokens } from "./token-grids.js";
import { windowStack, type WindowStackParameters } from "./window-stack.js";

/** Sizes of the network of a forecast model. */
export interface FieldRefinerConfig {
  readonly grid: Grid;
  /** Tokens of each scale, coarsest first. */
  readonly scales: readonly ScaleTokens[];
  /** Numbers in each cell of the encoder's input. */
  readonly inputs: number;
  /** Channels of the fields that are refined. */
  readonly channels: number;
  /** Numbers that describe the time of year and day. */
  readonly forcings: number;
  readonly width: number;
  readonly heads: number;
  /** Blocks of the encoder, and of each scale. */
  readonly encoderBlocks: number;
  readonly scaleBlocks: number;
  /** Columns of tokens in an attention window. */
  readonly windowColumns: number;
  /** Cells along a side of a token of the encoder. */
  readonly encoderSide: number;
  /** Numbers that the head of each scale gives for a token, coarsest first. */
  readonly outputs: readonly number[];
}

/** Parameters of the network. */
export type FieldRefinerParameters = {
  readonly forcing: LinearParameters;
  readonly modulation: SharedModulationParameters;
  readonly encoder: {
    readonly patch: LinearParameters;
    readonly site: tf.Tensor;
    readonly stack: WindowStackParameters;
  };
  /** Blocks that all scales share: attention knows distances, not grids. */
  readonly stack: WindowStackParameters;
  /** Tells tokens of a scale that are drawn already from those that are not [width]. */
  readonly drawn: tf.Tensor;
  readonly scales: readonly ScaleParameters[];
};

type ScaleParameters = {
  /** What the encoder says of a token [width, width]. */
  readonly context: tf.Tensor;
  /** What the coarser scales make of its cells [side * side * channels, width]. */
  readonly guess: LinearParameters;
  readonly site: tf.Tensor;
  /** Tells the shared blocks which scale it is [width]. */
  readonly level: tf.Tensor;
  readonly head: LinearParameters;
};

/** What the encoder found, for all scales. */
export interface Encoding {
  /** [B, tokens of the encoder, width] */
  readonly tokens: tf.Tensor;
  /** Time of year and day [B, width]. */
  readonly condition: tf.Tensor;
}

/**
 * The network of eq. 18 for fields: an encoder reads the state that the forecast starts from, once, and is where most of the
 * work is done; then each scale predicts its codes from what the encoder found there and from what the coarser scales
 * imply, and from nothing else.
 */
export interface FieldRefiner {
  init(source: NormalSource): HostParameters<FieldRefinerParameters>;
  /** @param state [B, H, W, inputs] @param forcings [B, forcings] */
  encode(params: FieldRefinerParameters, state: tf.Tensor, forcings: tf.Tensor): Encoding;
  /**
   * What the head of scale `k` says of each token: [B, tokens, outputs[k]].
   *
   * @param guess what the coarser scales imply for the cells, [B, height, width, channels] of the scale, with what is drawn
   *   of this scale already
   * @param drawn which tokens that is, 0 or 1, [B or 1, tokens, 1]; none unless given
   */
  refine(params: FieldRefinerParameters, k: number, guess: tf.Tensor, encoding: Encoding, drawn?: tf.Tensor): tf.Tensor;
}

/** Output layers start at this share of a linear layer's usual size: what a head says at first is its bias. */
const HEAD_INIT = 0.02;

/** Width of the feed-forward layers as a multiple of the blocks' width. */
const EXPANSION = 4;

/** Makes the network of a configuration. */
export function fieldRefiner(config: FieldRefinerConfig): FieldRefiner {
  const { grid, scales, channels, width, heads } = config;
  const encoderTokens = tokenGrid(grid, config.encoderSide);
  const features: SiteFeatureConfig = {
    axes: ["bounded", grid.periodic ? "periodic" : "bounded"],
    positionOrder: 8,
    levelOrder: 1,
    octaves: 1,
    stages: 1,
  };
  const block = { width, heads, expansion: EXPANSION, gateInit: 0.1, windowColumns: config.windowColumns };
  const encoder = windowStack({ ...block, depth: config.encoderBlocks, grid: encoderTokens });
  const stacks = scales.map((tokens) => windowStack({ ...block, depth: config.scaleBlocks, grid: tokens }));
  const deviation = Math.sqrt(1 / (3 * width));
  const initSite = (random: Initialiser) => random.normal("site", [siteFeatureCount(features), width], deviation);
  const embedSites = (site: tf.Tensor, tokens: TokenGrid): tf.Tensor =>
    tf.matMul(tf.tensor2d(placeFeatures(tokens, features), [siteCount(tokens), siteFeatureCount(features)]), site);
  const project = (params: LinearParameters, tokens: tf.Tensor): tf.Tensor => {
    const [items = 0, sites = 0, size = 0] = tokens.shape;
    return tf.reshape(linear(params, tf.reshape(tokens, [items * sites, size])), [items, sites, -1]);
  };
  return {
    init(source) {
      const random = initialiser(source);
      const patch = config.encoderSide ** 2 * config.inputs;
      return {
        forcing: initLinear(random.at("forcing"), config.forcings, width, 1 / Math.sqrt(config.forcings)),
        modulation: initSharedModulation(random.at("modulation"), width, block.gateInit),
        encoder: {
          patch: initLinear(random.at("encoder").at("patch"), patch, width, 1 / Math.sqrt(patch)),
          site: initSite(random.at("encoder")),
          stack: encoder.init(random.at("encoder").at("stack")),
        },
        stack: stacks.at(-1)!.init(random.at("stack")),
        drawn: random.normal("drawn", [width], deviation),
        scales: scales.map(({ side }, k) => {
          const own = random.at("scales").at(k);
          const cells = side ** 2 * channels;
          return {
            context: own.normal("context", [width, width], deviation),
            guess: initLinear(own.at("guess"), cells, width, 1 / Math.sqrt(cells)),
            site: initSite(own),
            level: own.normal("level", [width], 1),
            head: initLinear(own.at("head"), width, config.outputs[k]!, HEAD_INIT * deviation),
          };
        }),
      };
    },
    encode({ forcing, modulation, encoder: params }, state, forcings) {
      const condition = linear(forcing, forcings);
      const patches = project(params.patch, toTokens(state, config.encoderSide));
      const embedded = tf.add(patches, embedSites(params.site, encoderTokens));
      const tokens = encoder.apply(params.stack, embedded, sharedModulation(modulation, condition));
      return { tokens: layerNorm(tokens), condition };
    },
    refine({ scales: all, stack, modulation, drawn: embedding }, k, guess, { tokens, condition }, drawn) {
      const [params, own] = [all[k]!, scales[k]!];
      const context = project({ weight: params.context, bias: tf.zeros([width]) }, pool(tokens, encoderTokens, own));
      const guessed = project(params.guess, toTokens(guess, own.side));
      const placed = tf.add(tf.add(context, guessed), embedSites(params.site, own));
      const x = drawn === undefined ? placed : tf.add(placed, tf.mul(drawn, embedding));
      const shared = sharedModulation(modulation, tf.add(condition, params.level));
      return project(params.head, layerNorm(stacks[k]!.apply(stack, x, shared)));
    },
  };
}

/** Means of the encoder's tokens over those of a scale. */
function pool(tokens: tf.Tensor, finest: TokenGrid, own: TokenGrid): tf.Tensor {
  const [items = 0, , width = 0] = tokens.shape;
  const [rows, columns] = [own.latitudes.length, own.longitudes.length];
  const factor = finest.latitudes.length / rows;
  if (factor === 1) return tokens;
  const groups = tf.reshape(tokens, [items, columns, factor, rows, factor, width]);
  return tf.reshape(tf.mean(groups, [2, 4]), [items, columns * rows, width]);
}

function siteCount({ latitudes, longitudes }: TokenGrid): number {
  return latitudes.length * longitudes.length;
}

/** Cosines of the places of tokens, in the tokens' order. */
function placeFeatures({ latitudes, longitudes }: TokenGrid, features: SiteFeatureConfig): Float32Array {
  const [rows, columns] = [latitudes.length, longitudes.length];
  const coordinates = new Float32Array(rows * columns * 2);
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      coordinates.set([(row + 0.5) / rows, (column + 0.5) / columns], (column * rows + row) * 2);
    }
  }
  return siteFeatures({ sites: rows * columns, relativeSize: 1, stage: 0, coordinates }, features);
}
