import { softmaxCrossEntropy } from "@nextscale/engine";
import {
  categoricalHead,
  corrupted,
  encode,
  encodeOpenLoop,
  parameterTypes,
  selectCodes,
  SHAPES_ONLY,
  walk,
  type LinearParameters,
  type Quantiser,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalCell } from "../cell/cell.js";
import { cellNetwork, type CellParameters } from "../network/cell-network.js";
import type { StudySettings } from "../settings.js";
import type { Domain, Space } from "../space/space.js";
import type { TokenGrid } from "../space/tokens.js";
import type { CellModel, OneRunSampler } from "./cell-model.js";
import { codeSampler, type CodePredictions } from "./code-sampler.js";
import { noiseOnCodes } from "./code-noise.js";

/** How many codes a token has, and of how many each is one. */
export interface CodeForm {
  readonly stages: number;
  readonly vocabulary: number;
}

/** What tokens are quantised with: tokens [B, sites, width], codes int32 [B, sites, stages]. */
export interface Coder {
  /** Of each scale. Tokens of one width have codes of one form. */
  readonly forms: readonly CodeForm[];
  /** Made anew in each trace. */
  quantiser(): Quantiser<tf.Tensor, tf.Tensor>;
}

/** A scale of a training walk, as the network is taught it. */
export interface TaughtScale {
  /** What the network is shown [B, sites, width], and the walk's state before and after the scale. */
  readonly context: tf.Tensor;
  readonly before: tf.Tensor;
  readonly after: tf.Tensor;
  /** The codes it is to say, int32 [B, sites, stages]. */
  readonly targets: tf.Tensor;
}

/** A model of codes, with what its likelihood is made of. */
export interface CategoricalModel extends CellModel<LinearParameters> {
  readonly head: "categorical";
  readonly coder: Coder;
  readonly sampler: OneRunSampler;
  /** What the sampler draws from. */
  readonly predictions: CodePredictions;
  /** The walk that training sees of finest states. */
  taught(states: tf.Tensor, random: Readonly<Record<string, tf.Tensor>>): readonly TaughtScale[];
  /** Logits [B, sites, stages, V] of all scales of contexts that are given. */
  logits(
    params: CellParameters<LinearParameters>,
    contexts: readonly tf.Tensor[],
    labels: tf.Tensor,
  ): readonly tf.Tensor[];
  /**
   * The codes of finest states and what the network says of them, for each scale [B, sites, stages] and [B, sites, stages, V];
   * and the images that the codes decode to.
   */
  scored(
    params: CellParameters<LinearParameters>,
    states: tf.Tensor,
    labels: tf.Tensor,
  ): {
    readonly scales: readonly { readonly logits: tf.Tensor; readonly codes: tf.Tensor }[];
    readonly images: tf.Tensor;
  };
}

type Params = CellParameters<LinearParameters>;

/** The paper's head: the codes of a scale, all at once, given what coarser ones amount to (eq. 17 to 19). */
export function categoricalModel(
  { context, encoding, codeNoise }: CategoricalCell,
  { domain, space, coder }: { readonly domain: Domain; readonly space: Space; readonly coder: Coder },
  { backbone }: Pick<StudySettings, "backbone">,
): CategoricalModel {
  const { tokens, states: shapes } = space;
  const { forms } = coder;
  const formOf = ({ width }: TokenGrid): CodeForm => forms[tokens.findIndex((token) => token.width === width)]!;
  const network = cellNetwork(backbone, tokens, {
    ...{ context, ownInputs: 1, commonInputs: 0 },
    headOf: (token) => categoricalHead(formOf(token).stages * formOf(token).vocabulary),
  });
  const types = parameterTypes(network.init(SHAPES_ONLY));
  const start = (items: number): tf.Tensor => tf.zeros([items, ...shapes[0]!]);
  const asLogits = (k: number, output: tf.Tensor): tf.Tensor => {
    const { stages, vocabulary } = forms[k]!;
    return tf.reshape(output, [-1, tokens[k]!.sites, stages, vocabulary]);
  };
  const encoded = (quantiser: Quantiser<tf.Tensor, tf.Tensor>, states: tf.Tensor) => {
    const data = space.data(states);
    return encoding === "closed" ? encode(quantiser, data) : encodeOpenLoop(quantiser, data, start(states.shape[0]));
  };
  const logitsOf = (params: Params, contexts: readonly tf.Tensor[], labels: tf.Tensor) => {
    const inputs = contexts.map((own) => ({ own }));
    return network.all(params, inputs, labels).map((output, k) => asLogits(k, output));
  };
  const taught: CategoricalModel["taught"] = (states, random) => {
    const quantiser = coder.quantiser();
    const policy = corrupted(quantiser, encoded(quantiser, states), (k, codes) => {
      const mask = random[`mask${k}`];
      return mask === undefined ? codes : selectCodes(mask, random[`replacement${k}`]!, codes);
    });
    let before = start(states.shape[0]);
    return [...walk(space.scales(), before, policy)].map(({ context, state: after, targets }) => {
      const scale = { context, before, after, targets };
      before = after;
      return scale;
    });
  };
  const predictions: CodePredictions = (params, labels) => () => {
    let state = network.start(params, labels);
    return ({ index, context: own }) => {
      const next = network.one(params, index, { own }, state);
      state = next.state;
      return asLogits(index, next.output);
    };
  };

  return {
    head: "categorical",
    ...{ domain, space, coder, types, init: network.init, random: noiseOnCodes(tokens, forms, codeNoise) },
    ...{ predictions, taught, logits: logitsOf },
    loss(params, states, labels, random) {
      const scales = taught(states, random);
      const logits = logitsOf(params, scales.map(({ context }) => context), labels); // prettier-ignore
      return meanOverSites(siteNats(scales, logits));
    },
    scored(params, states, labels) {
      const visits = [...walk(space.scales(), start(states.shape[0]), encoded(coder.quantiser(), states))];
      const logits = logitsOf(params, visits.map(({ context: own }) => own), labels); // prettier-ignore
      return {
        scales: visits.map(({ codes }, k) => ({ logits: logits[k]!, codes })),
        images: domain.images(visits.at(-1)!.state),
      };
    },
    sampler: codeSampler({ domain, space, coder, types }, predictions),
  };
}

/** Nats of the codes of each site, a mean over its codes: for each scale [B, sites]. */
export function siteNats(
  scales: readonly Pick<TaughtScale, "targets">[],
  logits: readonly tf.Tensor[],
): readonly tf.Tensor[] {
  return scales.map(({ targets }, k) => tf.mean(softmaxCrossEntropy(logits[k]!, targets), 2));
}

/** The mean over all sites of all scales, each of which counts alike. */
export function meanOverSites(nats: readonly tf.Tensor[]): tf.Tensor {
  return tf.mean(tf.concat(nats as tf.Tensor[], 1));
}
