import { f32, stopGradient } from "@nextscale/engine";
import {
  categoricalHead,
  parameterTypes,
  randomStream,
  SHAPES_ONLY,
  uniforms,
  type LinearParameters,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { meanOverSites, siteNats, type CategoricalModel, type TaughtScale } from "../head/categorical.js";
import type { CodePredictions } from "../head/code-sampler.js";
import { cellNetwork, type CellParameters } from "../network/cell-network.js";
import { expectedValue } from "./expected-value.js";
import type { TrainedTrick, TrickGround } from "./trick.js";
import { withPredictions } from "./with-predictions.js";

/** How often training shows an estimate: half of the time, as in Chen et al. */
const SHOWN = 0.5;

type Params = CellParameters<LinearParameters>;

/**
 * Self-conditioning (Chen, Zhang and Hinton 2023) across scales, section 6. A diffusion network is shown what it took the data
 * for one step earlier. Here a site of scale k is shown, beside the context that was drawn, the context that the network itself
 * had expected:
 *
 *     c~_k = S_k(state before scale k - 1  +  U(E[r_{k-1}])),     E under the network's own probabilities,
 *
 * zeros at the coarsest scale. Both are one projection, of twice as many inputs. In training half of the items see an estimate,
 * made by a first pass without one and with no gradient through it; the others see zeros. A sample takes no evaluation more.
 */
export function selfConditioned({ cell, ground, settings, base }: TrickGround): CategoricalModel {
  const { space, coder } = ground;
  const { tokens } = space;
  const network = cellNetwork(settings.backbone, tokens, {
    ...{ context: cell.context, ownInputs: 2, commonInputs: 0 },
    headOf: () => categoricalHead(coder.forms[0]!.stages * coder.forms[0]!.vocabulary),
  });
  const asLogits = (k: number, output: tf.Tensor): tf.Tensor => {
    const { stages, vocabulary } = coder.forms[k]!;
    return tf.reshape(output, [-1, tokens[k]!.sites, stages, vocabulary]);
  };
  const logitsOf = (params: Params, contexts: readonly tf.Tensor[], labels: tf.Tensor): readonly tf.Tensor[] =>
    network.all(params, contexts.map((own) => ({ own })), labels).map((output, k) => asLogits(k, output)); // prettier-ignore
  /** Context of scale k + 1, had the codes of scale k been what they were expected to be. */
  const expected = (k: number, { context, before }: Pick<TaughtScale, "context" | "before">, logits: tf.Tensor) => {
    const scales = space.scales();
    const value = expectedValue(coder.quantiser(), k, logits);
    return scales[k + 1]!.context(scales[k]!.refine(before, value, context));
  };
  const predictions: CodePredictions = (params, labels) => () => {
    let state = network.start(params, labels);
    let estimate: tf.Tensor | undefined;
    return ({ index, context, state: before }) => {
      const own = tf.concat([context, estimate ?? tf.zerosLike(context)], 2);
      const next = network.one(params, index, { own }, state);
      state = next.state;
      const logits = asLogits(index, next.output);
      if (index < tokens.length - 1) estimate = expected(index, { context, before }, logits);
      return logits;
    };
  };
  const types = parameterTypes(network.init(SHAPES_ONLY));
  const model: CategoricalModel = {
    ...{ ...base, types, init: network.init, logits: logitsOf },
    random: {
      types: (items) => ({ ...base.random.types(items), shown: f32(items) }),
      draw(seed, items) {
        const drawn = uniforms(randomStream(seed, "paper/study-self-conditioning"), { items, draws: 1 });
        return { ...base.random.draw(seed, items), shown: drawn.map((value) => Number(value < SHOWN)) };
      },
    },
    loss(params, states, labels, random) {
      const scales = base.taught(states, random);
      const blind = scales.map(({ context }) => tf.concat([context, tf.zerosLike(context)], 2));
      const first = logitsOf(params, blind, labels);
      const shown = tf.reshape(random["shown"]!, [-1, 1, 1]);
      const contexts = scales.map(({ context }, k) => {
        if (k === 0) return blind[0]!;
        const estimate = stopGradient(expected(k - 1, scales[k - 1]!, first[k - 1]!));
        return tf.concat([context, tf.mul(estimate, shown)], 2);
      });
      return meanOverSites(siteNats(scales, logitsOf(params, contexts, labels)));
    },
  };
  return withPredictions(model, predictions);
}

/** Self-conditioning across scales. */
export const selfConditioning: TrainedTrick = {
  ...{ id: "self-conditioning", kind: "trained", label: "Self-conditioning across scales" },
  ...{ source: "Chen et al. 2023", change: "sites also see the context that the coarser scale had expected" },
  // A pass without gradient, and one with.
  passes: 4,
  model: selfConditioned,
};
