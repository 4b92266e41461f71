import {
  GRID_FEATURES,
  gridGeometry,
  initialiser,
  scaleTransformer,
  type AttentionContext,
  type Head,
  type HostParameters,
  type NormalSource,
  type ScaleTransformerParameters,
  type ScaleTransformerState,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { StudySettings } from "../settings.js";
import type { TokenGrid } from "../space/tokens.js";

/** Hidden width of the feed-forward part as a multiple of the model's width; how close residual gates start to 1. */
const [EXPANSION, GATE_INIT] = [4, 0.01];

/** Digits. */
export const CLASSES = 10;

/** Parameters of a cell: the backbone's, and a head for each kind of token. */
export type CellParameters<H> = { readonly trunk: ScaleTransformerParameters; readonly heads: readonly H[] };

/** What the sites of a scale are shown, each [B, sites, ...]. */
export interface SiteInputs {
  /** So many times the width of the scale's tokens as the network was made for. */
  readonly own: tf.Tensor;
  /** Numbers that mean the same at every scale. */
  readonly common?: tf.Tensor;
}

/** The backbone with the heads of a cell. Pure, for traces. */
export interface CellNetwork<H, Output> {
  init(source: NormalSource): HostParameters<CellParameters<H>>;
  /** All scales at once. @param labels int32 [B], `CLASSES` for none */
  all(params: CellParameters<H>, inputs: readonly SiteInputs[], labels: tf.Tensor): readonly Output[];
  /** Before the first scale. */
  start(params: CellParameters<H>, labels: tf.Tensor): ScaleTransformerState;
  /** Scale k, after those before it, or with a Markov context after `start`. */
  one(
    params: CellParameters<H>,
    k: number,
    inputs: SiteInputs,
    state: ScaleTransformerState,
  ): { readonly output: Output; readonly state: ScaleTransformerState };
}

/**
 * The backbone of the study, which differs between cells in its first and last matrix alone. Tokens of one width, as those of all
 * latents, share an input projection and a head; tokens of another width have their own.
 *
 * @param options.ownInputs how many numbers a site is shown for each number of its token
 * @param options.commonInputs numbers that a site is shown besides
 * @param options.headOf of tokens like this one
 */
export function cellNetwork<H, Output>(
  backbone: StudySettings["backbone"],
  tokens: readonly TokenGrid[],
  options: {
    readonly context: AttentionContext;
    readonly ownInputs: number;
    readonly commonInputs: number;
    readonly headOf: (token: TokenGrid) => Head<H, Output>;
  },
): CellNetwork<H, Output> {
  const { context, ownInputs, commonInputs, headOf } = options;
  const widths = [...new Set(tokens.map(({ width }) => width))];
  const kindOf = tokens.map(({ width }) => widths.indexOf(width));
  const heads = widths.map((width) => headOf(tokens.find((token) => token.width === width)!));
  const finest = tokens.at(-1)!.side;
  const trunk = scaleTransformer({
    ...{ ...backbone, expansion: EXPANSION, gateInit: GATE_INIT, context, classes: CLASSES, features: GRID_FEATURES },
    // Of grids and not of tokens: 7 x 7 single pixels are coarser than 7 x 7 patches.
    scales: gridGeometry(tokens.map(({ rows }) => [rows, rows])).map((geometry, k) => {
      return { ...geometry, relativeSize: tokens[k]!.side / finest, stage: 0 };
    }),
    contextChannels: ownInputs * widths.reduce((sum, width) => sum + width, 0) + commonInputs,
  });
  const offsets = tokens.map((_, k) => tokens.slice(0, k).reduce((sum, { sites }) => sum + sites, 0));
  /** Zeros where tokens of other widths have their numbers. */
  const placed = (k: number, { own, common }: SiteInputs): tf.Tensor => {
    const [items = 0, sites = 0] = own.shape;
    const parts = widths.map((width, kind) => (kind === kindOf[k] ? own : tf.zeros([items, sites, ownInputs * width])));
    const all = common === undefined ? parts : [...parts, common];
    return all.length === 1 ? own : tf.concat(all, 2);
  };
  const read = (params: CellParameters<H>, k: number, hidden: tf.Tensor): Output => {
    const kind = kindOf[k]!;
    return heads[kind]!.apply(params.heads[kind]!, hidden);
  };
  return {
    init(source) {
      const random = initialiser(source);
      const own = heads.map((head, kind) => head.init(random.at("heads").at(kind), backbone.width));
      return { trunk: trunk.init(random.at("trunk")), heads: own };
    },
    all(params, inputs, labels) {
      const contexts = inputs.map((own, k) => placed(k, own));
      const hidden = trunk.applyAll(params.trunk, contexts, labels);
      if (tokens.length === 1) return [read(params, 0, hidden)];
      return tokens.map(({ sites }, k) => read(params, k, tf.slice(hidden, [0, offsets[k]!, 0], [-1, sites, -1])));
    },
    start: (params, labels) => trunk.start(params.trunk, labels),
    one(params, k, inputs, state) {
      const next = trunk.applyScale(params.trunk, k, placed(k, inputs), state);
      return { output: read(params, k, next.output), state: next.state };
    },
  };
}
