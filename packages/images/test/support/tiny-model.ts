import type { Engine, NamedArrays, Program } from "@nextscale/engine";
import { openEngine } from "@nextscale/engine/node";
import {
  initialiser,
  normals,
  parameterArrays,
  parameterNormals,
  phiNormals,
  randomStream,
} from "@nextscale/refinement-core";
import { afterAll, beforeAll } from "vitest";
import { imageRefiner } from "../../src/generator/generator.js";
import type { ImageModelConfig } from "../../src/config/config.js";
import type { ImageModelContent } from "../../src/model/create-image-model.js";
import { IMAGE_PRESETS } from "../../src/config/presets.js";
import { initTokeniser } from "../../src/tokeniser/tokeniser.js";

/** The tiny preset for digits. */
export const TINY: ImageModelConfig = {
  height: 28,
  width: 28,
  channels: 1,
  classes: [..."0123456789"],
  ...IMAGE_PRESETS.tiny.model,
};

/** Weights nobody trained, named as in a checkpoint. Codebooks are normal; heads are as far from uniform as `head` says. */
export function randomWeights(config: ImageModelConfig, { seed = 1, head = 1 } = {}): NamedArrays {
  const { scales, vocabulary, latentChannels } = config.tokeniser;
  const phi = initialiser(phiNormals(randomStream(seed, "phi")));
  const tokeniser = initTokeniser(config, initialiser(parameterNormals(seed), "tokeniser"), phi);
  const refiner = parameterArrays(imageRefiner(config).init(parameterNormals(seed)), "refiner");
  const embeddings = scales.map((_, k) => {
    const draws = normals(randomStream(seed, `embeddings/${k}`), { draws: vocabulary * latentChannels });
    return [`embeddings/${k}`, draws];
  });
  return {
    ...parameterArrays(tokeniser, "tokeniser"),
    ...Object.fromEntries(Object.entries(refiner).map(([name, data]) => [name, name.startsWith("refiner/heads") ? data.map((x) => x * head) : data])), // prettier-ignore
    ...Object.fromEntries(embeddings),
  };
}

/** What a checkpoint with these weights would hold. */
export function contentOf(
  config: ImageModelConfig,
  tensors: NamedArrays,
  trainedOn = "0".repeat(64),
): ImageModelContent {
  const description = { seed: 1, data: { name: "none", sha256: trainedOn } };
  return { config, tensors, hash: "0".repeat(64), description };
}

/** An engine for the tests of a file. */
export function testEngine(): { readonly engine: Engine } {
  const opened = {} as { engine: Engine };
  beforeAll(async () => {
    opened.engine = await openEngine(undefined, { threads: 1 });
  });
  afterAll(() => opened.engine.close());
  return opened;
}

/** Runs a program once; weights that it does not read are left out. Outputs are copies. */
export async function runOnce(
  engine: Engine,
  program: Program,
  weights: NamedArrays,
  inputs: NamedArrays = {},
): Promise<NamedArrays> {
  const names = program.inputs.map(({ name }) => name);
  const constants = Object.fromEntries(names.filter((name) => Object.hasOwn(weights, name)).map((name) => [name, weights[name]!])); // prettier-ignore
  const executable = await engine.compile(program, { constants });
  try {
    const outputs = await executable.run(inputs);
    return Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()]));
  } finally {
    await executable.close();
  }
}

/** The largest difference between two arrays of one length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`lengths ${a.length} and ${b.length}`);
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);
}
