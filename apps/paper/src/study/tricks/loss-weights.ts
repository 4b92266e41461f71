import * as tf from "@tensorflow/tfjs-core";
import { meanOverSites, siteNats, type CategoricalModel } from "../head/categorical.js";
import type { TrainedTrick } from "./trick.js";

/*
 * "Loss re-weighting akin to simplified diffusion objectives" (section 6). The likelihood of codes is a sum over all sites, and
 * the base model's loss its mean: fine scales, which have most of the sites, count most. DDPM's simple loss departs from
 * the likelihood too, to the advantage of noisy times (Ho et al. 2020, section 3.4); the noisy end is the coarse one here.
 */

/**
 * The model with another loss: the mean over sites of w_k times the nats, where the weights are scaled so that a site has 1 on
 * average. Weights that are all alike are the base model's loss.
 *
 * @param weights w of a site of each scale, coarsest first
 */
export function reweighted(model: CategoricalModel, weights: readonly number[]): CategoricalModel {
  const sites = model.space.tokens.map((token) => token.sites);
  const all = sites.reduce((sum, own) => sum + own, 0);
  const weighted = sites.reduce((sum, own, k) => sum + own * weights[k]!, 0);
  return {
    ...model,
    loss(params, states, labels, random) {
      const scales = model.taught(states, random);
      const logits = model.logits(params, scales.map(({ context }) => context), labels); // prettier-ignore
      const nats = siteNats(scales, logits).map((own, k) => tf.mul(own, (weights[k]! * all) / weighted));
      return meanOverSites(nats);
    },
  };
}

/** Weights under which every scale counts alike, however many sites it has. */
export function scalesAlike(tokens: readonly { readonly sites: number }[]): readonly number[] {
  return tokens.map(({ sites }) => 1 / sites);
}

/**
 * min(SNR, gamma) / SNR (Hang et al. 2023), the weight of a network that predicts noise: of what is nearly known the
 * remainder counts less. SNR is here the power that is known before a scale by the power that is not.
 */
export function minSnrWeights(ratios: readonly number[], gamma: number): readonly number[] {
  return ratios.map((ratio) => (ratio <= gamma ? 1 : gamma / ratio));
}

/** Hang et al. have 5, for SNRs up to many thousands. Scales end where most of the power is known: 1 is half of it. */
const GAMMA = 1;

/** A loss in which scales count alike. */
export const scaleWeights: TrainedTrick = {
  ...{ id: "scales-alike", kind: "trained", label: "Loss: scales count alike", source: "Ho et al. 2020" },
  ...{ change: "a site's loss has the weight 1 / sites of its scale", passes: 3 },
  model: ({ base }) => reweighted(base, scalesAlike(base.space.tokens)),
};

/** Min-SNR weights. */
export const minSnr: TrainedTrick = {
  ...{ id: "min-snr", kind: "trained", label: `Loss: min-SNR, γ = ${GAMMA}`, source: "Hang et al. 2023" },
  ...{ change: "a site's loss has the weight min(SNR, γ) / SNR of its scale", passes: 3 },
  model: async ({ base, signalToNoise }) => reweighted(base, minSnrWeights(await signalToNoise(), GAMMA)),
};
