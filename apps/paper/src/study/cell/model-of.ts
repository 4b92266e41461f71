import type { FrozenTokeniser } from "@nextscale/images";
import { residualVectorQuantiser, type HostTensor, type Quantiser } from "@nextscale/refinement-core";
import * as tf from "@tensorflow/tfjs-core";
import { constant } from "../../setup/method.js";
import { codeFormOf } from "../codes/fit-cell.js";
import { absorbingModel, type AbsorbingModel, type FittedCoder } from "../head/absorbing.js";
import { categoricalModel, type CategoricalModel, type Coder } from "../head/categorical.js";
import { epsilonModel, type EpsilonModel } from "../head/epsilon.js";
import { FLOW } from "../head/flow-process.js";
import { gaussianModel, type GaussianModel } from "../head/gaussian.js";
import type { StudySettings } from "../settings.js";
import { latentDomain, pixelDomain, type Standard } from "../space/domain.js";
import { latentSpace, tokeniserSpace } from "../space/latent-space.js";
import { pixelSpace } from "../space/pixel-space.js";
import type { Domain, Space } from "../space/space.js";
import type { CategoricalCell, Cell } from "./cell.js";

/** What a cell is made of besides its network. */
export interface CellGround {
  readonly domain: Domain;
  readonly space: Space;
}

/** The space of a cell, and what images have to do with it. @param standard of the items of the cell's space */
export function groundOf(cell: Cell, tokeniser: FrozenTokeniser, standard: Standard): CellGround {
  const channels = tokeniser.latent[2];
  if (cell.space === "pixels") return { domain: pixelDomain(standard), space: pixelSpace(cell.sides) };
  if (!isOfTokeniser(cell)) {
    return { domain: latentDomain(tokeniser, standard), space: latentSpace(cell.sides, channels) };
  }
  // Its codes stand for latents as they are.
  return {
    domain: latentDomain(tokeniser, { mean: new Float32Array(channels), deviation: 1 }),
    space: tokeniserSpace(cell.sides, channels, () => tokeniser.walk().scales),
  };
}

/** Whether a cell has the codes of the bundled tokeniser. */
export function isOfTokeniser(cell: Cell): cell is CategoricalCell {
  return cell.head === "categorical" && cell.codebooks === "tokeniser";
}

/** The codes of the tokeniser, one for each of a scale's tokens. */
export function tokeniserCoder(tokeniser: FrozenTokeniser, scales: number, vocabulary: number): Coder {
  return {
    forms: Array.from({ length: scales }, () => ({ stages: 1, vocabulary })),
    quantiser() {
      const { quantiser } = tokeniser.walk();
      return {
        embed: (k, codes) => quantiser.embed(k, tf.squeeze(codes, [2])),
        quantise(k, residual) {
          const { codes, value } = quantiser.quantise(k, residual);
          return { codes: tf.expandDims(codes, 2), value };
        },
      } satisfies Quantiser<tf.Tensor, tf.Tensor>;
    },
  };
}

/** Codes of codebooks that were fitted to the cell. */
export function fittedCoder(codebooks: readonly HostTensor[]): FittedCoder {
  return {
    codebooks,
    forms: codebooks.map(({ shape }) => codeFormOf(shape[2]!)),
    quantiser: () => residualVectorQuantiser(codebooks.map(constant)),
  };
}

/** A cell as a model, by its head. */
export type AnyCellModel = CategoricalModel | GaussianModel | EpsilonModel | AbsorbingModel;

/** What only some heads need. */
export interface HeadGround {
  readonly coder: () => Promise<Coder>;
  readonly fitted: () => Promise<FittedCoder>;
  readonly deviations: () => Promise<readonly number[]>;
}

/** The model of a cell. */
export async function modelOf(
  cell: Cell,
  ground: CellGround,
  { coder, fitted, deviations }: HeadGround,
  settings: Pick<StudySettings, "backbone">,
): Promise<AnyCellModel> {
  switch (cell.head) {
    case "categorical":
      return categoricalModel(cell, { ...ground, coder: await coder() }, settings);
    case "gaussian":
      return gaussianModel({ ...ground, deviations: await deviations() }, settings);
    case "epsilon":
      return epsilonModel({ ...ground, deviations: await deviations() }, settings);
    case "flow":
      return epsilonModel({ ...ground, deviations: await deviations() }, settings, FLOW);
    case "absorbing":
      return absorbingModel({ ...ground, coder: await fitted() }, settings);
  }
}
