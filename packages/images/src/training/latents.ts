import type { Engine, NamedArrays } from "@nextscale/engine";
import { hostTensor, type HostTensor } from "@nextscale/refinement-core";
import { latentProgram } from "../tokeniser/programs.js";
import { scaleSizes } from "../tokeniser/tokeniser.js";
import { imagesAt } from "../data/images-at.js";
import type { StageInputs } from "./run.js";

const BATCH = 250;

/**
 * Latents [count, height, width, channels] of the first images of the data set.
 *
 * @param weights the tokeniser's, named `tokeniser/...`; others are ignored
 */
export async function datasetLatents(
  { config: { model }, types, dataset }: StageInputs,
  weights: NamedArrays,
  engine: Engine,
  count: number,
): Promise<HostTensor> {
  const batch = Math.min(BATCH, count);
  const [height, width] = scaleSizes(model).at(-1)!;
  const latents = hostTensor([count, height, width, model.tokeniser.latentChannels]);
  const size = latents.data.length / count;
  const program = latentProgram(model, types, batch);
  const names = program.inputs.map(({ name }) => name).filter((name) => name !== "images");
  const constants = Object.fromEntries(names.map((name) => [name, weights[name]!]));
  const executable = await engine.compile(program, { constants });
  try {
    for (let first = 0; first < count; first += batch) {
      const output = await executable.run({ images: imagesAt(dataset, first, batch) });
      const kept = Math.min(batch, count - first);
      latents.data.set(output["latents"]!.subarray(0, kept * size), first * size);
    }
  } finally {
    await executable.close();
  }
  return latents;
}
