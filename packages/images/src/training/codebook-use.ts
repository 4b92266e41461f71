import type { Engine, NamedArrays } from "@nextscale/engine";
import { countCodes, quantiserDiagnostics, type ScaleDiagnostics } from "@nextscale/refinement-core";
import { imagesAt } from "../data/images-at.js";
import { encodingProgram } from "../tokeniser/programs.js";
import type { StageInputs } from "./run.js";

/** Images that are encoded to see which codes are used. */
const MOST_IMAGES = 4000;
const BATCH = 250;

/**
 * How each scale uses its codebook on the first images of the data set.
 *
 * @param tokeniser what `finishedTokeniser` kept
 */
export async function datasetCodebookUse(
  { config: { model }, types, dataset }: StageInputs,
  tokeniser: NamedArrays,
  engine: Engine,
): Promise<readonly ScaleDiagnostics[]> {
  const { scales, vocabulary } = model.tokeniser;
  const count = Math.min(MOST_IMAGES, dataset.count);
  const batch = Math.min(BATCH, count);
  const program = encodingProgram(model, types, batch);
  const names = program.inputs.map(({ name }) => name).filter((name) => name !== "images");
  const constants = Object.fromEntries(names.map((name) => [name, tokeniser[name]!]));
  const diagnostics = quantiserDiagnostics(scales.map(() => vocabulary));
  const executable = await engine.compile(program, { constants });
  try {
    for (let first = 0; first < count; first += batch) {
      const codes = await executable.run({ images: imagesAt(dataset, first, batch) });
      const kept = Math.min(batch, count - first);
      scales.forEach((side, k) => {
        const found = (codes[`codes/${k}`] as Int32Array).subarray(0, kept * side * side);
        diagnostics.observe(k, { hits: countCodes(found, vocabulary) });
      });
    }
  } finally {
    await executable.close();
  }
  return diagnostics.scales();
}
