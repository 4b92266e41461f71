import { f32, i32, softmaxCrossEntropy } from "@nextscale/engine";
import {
  categoricalHead,
  corrupted,
  drawByInversion,
  encode,
  encodeOpenLoop,
  parameterTypes,
  randomStream,
  sampled,
  selectCodes,
  SHAPES_ONLY,
  traceTyped,
  uniforms,
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
import { SAMPLE_STREAM, type CellModel, type OneRunInputs, type OneRunSampler } from "./cell-model.js";
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

/** A model of codes, with what its likelihood is made of. */
export interface CategoricalModel extends CellModel<LinearParameters> {
  readonly head: "categorical";
  readonly coder: Coder;
  readonly sampler: OneRunSampler;
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
  const noiseTypes = (items: number) =>
    Object.fromEntries(forms.map(({ stages }, k) => [`${k}`, f32(items, tokens[k]!.sites, stages)]));

  return {
    head: "categorical",
    ...{ domain, space, coder, types, init: network.init, random: noiseOnCodes(tokens, forms, codeNoise) },
    loss(params, states, labels, random) {
      const quantiser = coder.quantiser();
      const policy = corrupted(quantiser, encoded(quantiser, states), (k, codes) => {
        const mask = random[`mask${k}`];
        return mask === undefined ? codes : selectCodes(mask, random[`replacement${k}`]!, codes);
      });
      const visits = [...walk(space.scales(), start(states.shape[0]), policy)];
      const logits = logitsOf(params, visits.map(({ context: own }) => own), labels); // prettier-ignore
      return tf.mean(tf.concat(visits.map(({ targets }, k) => tf.mean(softmaxCrossEntropy(logits[k]!, targets), 2)), 1)); // prettier-ignore
    },
    scored(params, states, labels) {
      const visits = [...walk(space.scales(), start(states.shape[0]), encoded(coder.quantiser(), states))];
      const logits = logitsOf(params, visits.map(({ context: own }) => own), labels); // prettier-ignore
      return {
        scales: visits.map(({ codes }, k) => ({ logits: logits[k]!, codes })),
        images: domain.images(visits.at(-1)!.state),
      };
    },
    sampler: {
      kind: "next-scale",
      noise: {
        types: noiseTypes,
        draw(seed, items) {
          const stream = randomStream(seed, SAMPLE_STREAM);
          const drawn = forms.map(({ stages: draws }, scale) => {
            return [`${scale}`, uniforms(stream, { items, scale, sites: tokens[scale]!.sites, draws })] as const;
          });
          return Object.fromEntries(drawn);
        },
      },
      program(items) {
        const signature = { parameters: types, labels: i32(items), temperature: f32(), noise: noiseTypes(items) };
        return traceTyped<OneRunInputs<LinearParameters>>(signature, ({ parameters, labels, temperature, noise }) => {
          const predict = () => {
            let state = network.start(parameters, labels);
            return ({ index, context: own }: { readonly index: number; readonly context: tf.Tensor }) => {
              const next = network.one(parameters, index, { own }, state);
              state = next.state;
              return asLogits(index, next.output);
            };
          };
          const draw = (k: number, logits: tf.Tensor) => drawByInversion(logits, noise[`${k}`]!, temperature);
          const visits = [...walk(space.scales(), start(items), sampled(coder.quantiser(), predict, draw))];
          return { images: domain.images(visits.at(-1)!.state) };
        });
      },
    },
  };
}
