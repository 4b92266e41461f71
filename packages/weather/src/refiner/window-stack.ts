import {
  applyBlock,
  initBlock,
  type BlockConfig,
  type BlockModulation,
  type BlockParameters,
  type HostParameters,
  type Initialiser,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { DISPLACEMENT_FEATURES, DISTANCE_SQUARED, displacements, distanceOf, type TokenGrid } from "./displacement.js";

/** Attention blocks over the tokens of one grid. */
export interface WindowStackConfig extends BlockConfig {
  readonly grid: TokenGrid;
  /** Columns of a window; a grid of no more columns is one window. */
  readonly windowColumns: number;
}

/** A block, and how its heads look at where tokens lie: [heads, DISPLACEMENT_FEATURES]. None of it depends on the grid. */
export type WindowStackParameters = readonly { readonly block: BlockParameters; readonly place: tf.Tensor }[];

/** A stack of blocks as a pair of functions. */
export interface WindowStack {
  init(random: Initialiser): HostParameters<WindowStackParameters>;
  /** Tokens [B, n, width] -> [B, n, width]. */
  apply(params: WindowStackParameters, tokens: tf.Tensor, shared: BlockModulation): tf.Tensor;
}

/** Initial width of what the first head looks at, in distances between neighbouring tokens; doubles from head to head. */
const NEAREST_WIDTH = 0.7;

/**
 * Attention within windows of some columns from pole to pole, every second block with windows moved by half (Swin
 * transformer, Liu et al. 2021, along longitude alone: that is round, so there is no border to mask, and no pole to cross).
 * Tokens attend by what they hold and by where they lie to each other; a head begins as a Gaussian about the token.
 *
 * @param config depth, width, heads and expansion of the blocks; windows must divide the columns, and must be even where
 *   there is more than one
 */
export function windowStack(config: WindowStackConfig): WindowStack {
  const { grid, heads, depth } = config;
  const [rows, columns] = [grid.latitudes.length, grid.longitudes.length];
  const windowColumns = Math.min(config.windowColumns, columns);
  const windows = columns / windowColumns;
  const sites = rows * windowColumns;
  const half = (rows * windowColumns) / 2;
  // One window's displacements serve all: the grid is regular along longitude.
  const window = { latitudes: grid.latitudes, longitudes: Array.from(grid.longitudes).slice(0, windowColumns) };
  return {
    init: (random) =>
      Array.from({ length: depth }, (_, index) => ({
        block: initBlock(random.at(index), config),
        place: initialPlaces(random.at(index), heads, grid),
      })),
    apply(params, tokens, shared) {
      const constant = tf.tensor2d(displacements(window), [sites * sites, DISPLACEMENT_FEATURES]);
      let x = tokens;
      params.forEach(({ block, place }, index) => {
        const bias = tf.reshape(tf.matMul(place, constant, false, true), [heads, sites, sites]);
        if (index > 0 && windows > 1) x = rotate(x, half);
        x = applyBlock(block, heads, { x, shared, bias, windows }).x;
      });
      const rotated = windows > 1 ? ((params.length - 1) * half) % (windows * sites) : 0;
      return rotated === 0 ? x : rotate(x, windows * sites - rotated);
    },
  };
}

/** Tokens [B, n, C] with the first `by` moved behind the others. */
function rotate(tokens: tf.Tensor, by: number): tf.Tensor {
  return tf.concat([tf.slice(tokens, [0, by, 0], [-1, -1, -1]), tf.slice(tokens, [0, 0, 0], [-1, by, -1])], 1);
}

/** Weights of the displacement's features: minus half the distance squared over a width that doubles from head to head. */
function initialPlaces(random: Initialiser, heads: number, { latitudes }: TokenGrid): HostParameters<tf.Tensor> {
  const { shape, data } = random.normal("place", [heads, DISPLACEMENT_FEATURES], 0.02);
  const width = NEAREST_WIDTH * distanceOf(latitudes[1]! - latitudes[0]!);
  return {
    shape,
    data: data.map((value, at) => {
      const head = Math.floor(at / DISPLACEMENT_FEATURES);
      return at % DISPLACEMENT_FEATURES === DISTANCE_SQUARED ? value - 0.5 / (width * 2 ** head) ** 2 : value;
    }),
  };
}
