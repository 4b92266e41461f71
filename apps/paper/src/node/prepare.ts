import { f32, type Engine } from "@nextscale/engine";
import {
  concatenate,
  fitProductCodebook,
  randomStream,
  sliceItems,
  traceTyped,
  type HostTensor,
} from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import { pixelsAt, type DigitSet } from "../data/digits.js";
import { PAPER } from "../settings.js";
import { encoded, type FrozenAutoencoder } from "../setup/frozen.js";

/** Latents E(x) of all images of a set, [count, 64]. */
export async function latentsOf(
  engine: Engine,
  autoencoder: FrozenAutoencoder,
  digits: DigitSet,
): Promise<Float32Array> {
  const items = 250;
  const program = traceTyped<{ readonly images: tf.Tensor }>({ images: f32(items, PAPER.pixels) }, ({ images }) => ({
    latents: encoded(autoencoder, images),
  }));
  const executable = await engine.compile(program);
  const latents: Float32Array[] = [];
  try {
    for (let first = 0; first < digits.count; first += items) {
      const kept = Math.min(items, digits.count - first);
      const indices = Int32Array.from({ length: kept }, (_, i) => first + i);
      const images = sliceItems(pixelsAt(digits, indices), PAPER.pixels, 0, items);
      const found = (await executable.run({ images }))["latents"] as Float32Array;
      latents.push(found.slice(0, kept * PAPER.latent));
    }
  } finally {
    await executable.close();
  }
  return concatenate(latents);
}

/** "We first build a k-means codebook (here k = 64) on clean latent features E(x)": [parts, 64, 64 / parts]. */
export function codebookOf(latents: Float32Array, parts: number, seed: number): HostTensor {
  const stream = randomStream(seed, `paper/codebook-${parts}`);
  return fitProductCodebook(latents, PAPER.latent, { parts, vocabulary: PAPER.vocabulary, stream });
}
