import { f32, i32, softmaxCrossEntropy, type TensorType } from "@nextscale/engine";
import {
  categoricalHead,
  drawByInversion,
  encode,
  integers,
  parameterTypes,
  randomStream,
  SHAPES_ONLY,
  traceTyped,
  uniforms,
  walk,
  type HostTensor,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../setup/method.js";
import { cellNetwork, type CellParameters } from "../network/cell-network.js";
import { STUDY, type StudySettings } from "../settings.js";
import type { Domain, Space } from "../space/space.js";
import type { Coder } from "./categorical.js";
import type { CellModel, MaskedSampler } from "./cell-model.js";

type Params = CellParameters<LinearParameters>;

/** A model that fills in codes of a single scale that are hidden. */
export interface AbsorbingModel extends CellModel<LinearParameters> {
  readonly head: "absorbing";
  readonly coder: Coder;
  readonly sampler: MaskedSampler;
  /** Logits of all codes [B, sites, stages, V] given those that are not hidden, the codes themselves, and their images. */
  filled(
    params: Params,
    states: tf.Tensor,
    labels: tf.Tensor,
    hidden: tf.Tensor,
  ): { readonly logits: tf.Tensor; readonly codes: tf.Tensor; readonly images: tf.Tensor };
}

/** Codes with their codebook [stages, V, width]. */
export interface FittedCoder extends Coder {
  readonly codebooks: readonly HostTensor[];
}

/**
 * Discrete diffusion, section 6's for codes: D3PM with absorbing states (Austin et al. 2021). At time t of T each code is hidden
 * with probability t / T, and the network says the hidden ones from the others. The bound is the mean over times of the hidden codes' nats
 * times T / t, which is also the loss. How many codes are hidden tells the time, so the network is not told.
 */
export function absorbingModel(
  { domain, space, coder }: { readonly domain: Domain; readonly space: Space; readonly coder: FittedCoder },
  { backbone }: Pick<StudySettings, "backbone">,
): AbsorbingModel {
  const [{ sites, width }, { stages, vocabulary }] = [space.tokens[0]!, coder.forms[0]!];
  const network = cellNetwork(backbone, space.tokens, {
    ...{ context: "markov", ownInputs: stages, commonInputs: stages },
    headOf: () => categoricalHead(stages * vocabulary),
  });
  const types = parameterTypes(network.init(SHAPES_ONLY));
  const start = (items: number): tf.Tensor => tf.zeros([items, ...space.states[0]!]);
  /** Values of codes that are not hidden, stage beside stage, and zeros; which are hidden is said besides. */
  const said = (params: Params, codes: tf.Tensor, hidden: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    const values = tf.split(constant(coder.codebooks[0]!), stages, 0).map((stage, at) => {
      const own = tf.gather(tf.reshape(stage, [vocabulary, width]), tf.squeeze(tf.slice(codes, [0, 0, at], [-1, -1, 1]), [2])); // prettier-ignore
      return tf.mul(own, tf.sub(1, tf.slice(hidden, [0, 0, at], [-1, -1, 1])));
    });
    const own = values.length === 1 ? values[0]! : tf.concat(values, 2);
    const [output] = network.all(params, [{ own, common: hidden }], labels);
    return tf.reshape(output!, [-1, sites, stages, vocabulary]);
  };
  const encoded = (states: tf.Tensor) =>
    [...walk(space.scales(), start(states.shape[0]), encode(coder.quantiser(), space.data(states)))][0]!;
  const codeTypes = (items: number) => f32(items, sites, stages);

  return {
    head: "absorbing",
    ...{ domain, space, coder, types, init: network.init },
    random: {
      types: (items): Record<string, TensorType> => ({ hidden: codeTypes(items), weight: f32(items) }),
      draw: (seed, items) => hiddenCodes(seed, items, { sites, stages }),
    },
    loss(params, states, labels, random) {
      const { codes } = encoded(states);
      const nats = softmaxCrossEntropy(said(params, codes, random["hidden"]!, labels), codes);
      return tf.mean(tf.mul(tf.mean(tf.mul(nats, random["hidden"]!), [1, 2]), random["weight"]!));
    },
    filled(params, states, labels, hidden) {
      const { codes, state } = encoded(states);
      return { logits: said(params, codes, hidden, labels), codes, images: domain.images(state) };
    },
    sampler: {
      kind: "masked",
      ...{ sites, stages },
      step(items) {
        type Inputs = {
          readonly parameters: Params;
          readonly labels: tf.Tensor;
          readonly codes: tf.Tensor;
          readonly hidden: tf.Tensor;
          readonly share: tf.Tensor;
          readonly drawn: tf.Tensor;
          readonly revealed: tf.Tensor;
        };
        const numbers = codeTypes(items);
        const signature = {
          ...{ parameters: types, labels: i32(items), codes: i32(items, sites, stages), hidden: numbers },
          ...{ share: f32(), drawn: numbers, revealed: numbers },
        };
        return traceTyped<Inputs>(signature, ({ parameters, labels, codes, hidden, share, drawn, revealed }) => {
          const found = drawByInversion(said(parameters, codes, hidden, labels), drawn, tf.scalar(1));
          const isShown = tf.mul(hidden, tf.cast(tf.less(revealed, share), "float32"));
          return { codes: tf.where(tf.greater(isShown, 0), found, codes), hidden: tf.sub(hidden, isShown) };
        });
      },
      decode(items) {
        const signature = { codes: i32(items, sites, stages) };
        return traceTyped<{ readonly codes: tf.Tensor }>(signature, ({ codes }) => {
          const [scale, state] = [space.scales()[0]!, start(items)];
          return {
            images: domain.images(scale.refine(state, coder.quantiser().embed(0, codes), scale.context(state))),
          };
        });
      },
    },
  };
}

/** Which codes of items are hidden at a time of each, and T / t: `hidden` [items, sites, stages], `weight` [items]. */
export function hiddenCodes(
  seed: number,
  items: { readonly first: number; readonly count: number },
  { sites, stages }: { readonly sites: number; readonly stages: number },
): Readonly<Record<"hidden" | "weight", Float32Array>> {
  const times = integers(randomStream(seed, "paper/study-hidden-times"), { items, draws: 1 }, STUDY.times);
  const drawn = uniforms(randomStream(seed, "paper/study-hidden"), { items, sites, draws: stages });
  const shareOf = (item: number): number => (times[item]! + 1) / STUDY.times;
  return {
    hidden: drawn.map((value, at) => Number(value < shareOf(Math.floor(at / (sites * stages))))),
    weight: Float32Array.from(times, (_, item) => 1 / shareOf(item)),
  };
}
