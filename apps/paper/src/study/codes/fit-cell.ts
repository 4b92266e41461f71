import { f32, type Engine } from "@nextscale/engine";
import {
  concatenate,
  encode,
  fitResidualCodebook,
  identityQuantiser,
  randomStream,
  residualVectorQuantiser,
  sliceItems,
  traceTyped,
  walk,
  type HostTensor,
  type Quantiser,
} from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../setup/method.js";
import type { CodeForm } from "../head/categorical.js";
import type { Domain, Space } from "../space/space.js";

/** Items of one run of a program. */
const BATCH = 250;

/** Codes of a token: two of 128 of a token of many numbers, as many bits as the tokeniser's and more; one of 32 of a single one. */
export function codeFormOf(width: number): CodeForm {
  return width === 1 ? { stages: 1, vocabulary: 32 } : { stages: 2, vocabulary: 128 };
}

/** What fitting works on. */
export interface Fitting {
  readonly engine: Engine;
  readonly domain: Domain;
  readonly space: Space;
  /** [count, ...domain.item] */
  readonly items: Float32Array;
  readonly count: number;
}

/**
 * Root mean square of the residuals of each scale, exact coarser scales given: what continuous heads divide them by.
 */
export async function residualDeviations(fitting: Fitting): Promise<readonly number[]> {
  const residuals = await residualsOf(fitting, identityQuantiser<tf.Tensor>, fitting.space.tokens.length);
  return residuals.map((all) => Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length));
}

/**
 * Codebooks [stages, V, width] of each scale by residual k-means in walk order, closed loop: each is fitted on what the scales
 * before it, already quantised, have left.
 */
export async function fitCellCodebooks(fitting: Fitting): Promise<readonly HostTensor[]> {
  const { tokens } = fitting.space;
  const stream = randomStream(0, "paper/study-codebooks");
  const found: HostTensor[] = [];
  for (const [scale, { width }] of tokens.entries()) {
    const known = [...found];
    const quantiser = (): Quantiser<tf.Tensor, tf.Tensor> => ({
      embed: (_, codes) => codes,
      quantise(k, residual) {
        if (k >= known.length) return { codes: residual, value: residual };
        const { value } = residualVectorQuantiser([constant(known[k]!)]).quantise(0, residual);
        return { codes: value, value };
      },
    });
    const residuals = await residualsOf(fitting, quantiser, scale + 1);
    found.push(fitResidualCodebook(residuals[scale]!, width, { ...codeFormOf(width), stream, scale }).embedding);
  }
  return found;
}

/** Residuals of the first scales, for each [count, sites, width]. */
async function residualsOf(
  { engine, domain, space, items, count }: Fitting,
  quantiser: () => Quantiser<tf.Tensor, tf.Tensor>,
  scales: number,
): Promise<readonly Float32Array[]> {
  const batch = Math.min(BATCH, count);
  const program = traceTyped<{ readonly items: tf.Tensor }>({ items: f32(batch, ...domain.item) }, (inputs) => {
    const data = space.data(domain.standardised(inputs.items));
    const start = tf.zeros([batch, ...space.states[0]!]);
    const visits = [...walk(space.scales().slice(0, scales), start, encode(quantiser(), data))];
    return { residuals: visits.map(({ residual }) => residual) };
  });
  const executable = await engine.compile(program);
  const parts = Array.from({ length: scales }, (): Float32Array[] => []);
  const size = items.length / count;
  try {
    for (let first = 0; first < count; first += batch) {
      const outputs = await executable.run({ items: sliceItems(items, size, first, batch) });
      const kept = Math.min(batch, count - first);
      parts.forEach((own, k) => {
        const { sites, width } = space.tokens[k]!;
        own.push((outputs[`residuals/${k}`] as Float32Array).slice(0, kept * sites * width));
      });
    }
  } finally {
    await executable.close();
  }
  return parts.map(concatenate);
}
