import { encode, scored, walk } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import type { CategoricalModel } from "../head/categorical.js";
import { codeSampler, type CodePredictions } from "../head/code-sampler.js";

/**
 * A model whose codes are drawn, and scored, by other predictions: scale after scale, as it is sampled. So the likelihood of a
 * trick is that of the distribution which the trick's samples have.
 */
export function withPredictions(model: CategoricalModel, predictions: CodePredictions): CategoricalModel {
  const { domain, space, coder } = model;
  return {
    ...{ ...model, predictions, sampler: codeSampler(model, predictions) },
    scored(params, states, labels) {
      const policy = scored(
        encode(coder.quantiser(), space.data(states)),
        predictions(params, labels),
        () => undefined,
      );
      const visits = [...walk(space.scales(), tf.zeros([states.shape[0], ...space.states[0]!]), policy)];
      return {
        scales: visits.map(({ prediction: logits, codes }) => ({ logits, codes })),
        images: domain.images(visits.at(-1)!.state),
      };
    },
  };
}
