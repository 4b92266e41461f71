import { hostTensor } from "@nextscale/refinement-core";
import type { FrozenTokeniser } from "@nextscale/images";
import { codeFormOf } from "../codes/fit-cell.js";
import type { StudySettings } from "../settings.js";
import type { Cell } from "./cell.js";
import { fittedCoder, groundOf, isOfTokeniser, modelOf, tokeniserCoder, type AnyCellModel } from "./model-of.js";

/** The model of a cell of which nothing is fitted: what it costs and how many parameters it has is known all the same. */
export function blankModel(
  cell: Cell,
  { tokeniser, vocabulary }: { readonly tokeniser: FrozenTokeniser; readonly vocabulary: number },
  settings: Pick<StudySettings, "backbone">,
): Promise<AnyCellModel> {
  const channels = cell.space === "pixels" ? 1 : tokeniser.latent[2];
  const ground = groundOf(cell, tokeniser, { mean: new Float32Array(channels), deviation: 1 });
  const { tokens } = ground.space;
  const blanks = () =>
    tokens.map(({ width }) => hostTensor([codeFormOf(width).stages, codeFormOf(width).vocabulary, width]));
  const fitted = async () => fittedCoder(blanks());
  const coder = async () => (isOfTokeniser(cell) ? tokeniserCoder(tokeniser, tokens.length, vocabulary) : fitted());
  return modelOf(cell, ground, { coder, fitted, deviations: async () => tokens.map(() => 1) }, settings);
}
