import { f32, type Engine } from "@nextscale/engine";
import type { FrozenTokeniser } from "@nextscale/images";
import { traceTyped } from "@nextscale/refinement-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { TrainingItems } from "../../study/training/study-stage.js";

/** Latents of one run of the decoder. */
const BATCH = 250;

/** Images as their latents decode, [count, 28, 28, 1]: what is lost before anything is quantised or sampled. */
export async function decodedLatents(
  { engine, tokeniser, signal }: { readonly engine: Engine; readonly tokeniser: FrozenTokeniser; readonly signal?: AbortSignal }, // prettier-ignore
  latents: TrainingItems,
): Promise<Float32Array> {
  const { count } = latents;
  const batch = Math.min(BATCH, count);
  const types = { latents: f32(batch, ...tokeniser.latent) };
  const program = traceTyped<{ readonly latents: tf.Tensor }>(types, (inputs) => ({ images: tokeniser.images(inputs.latents) })); // prettier-ignore
  const executable = await engine.compile(program);
  try {
    const images = new Float32Array(count * 28 * 28);
    for (let first = 0; first < count; first += batch) {
      signal?.throwIfAborted();
      const indices = Int32Array.from({ length: batch }, (_, i) => Math.min(first + i, count - 1));
      const outputs = await executable.run({ latents: await latents.at(indices) });
      const kept = Math.min(batch, count - first);
      images.set((outputs["images"] as Float32Array).subarray(0, kept * 28 * 28), first * 28 * 28);
    }
    return images;
  } finally {
    await executable.close();
  }
}
