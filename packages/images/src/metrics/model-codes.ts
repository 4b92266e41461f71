import type { ImageDataset } from "../data/image-dataset.js";
import type { EvaluatedModel } from "./evaluated-model.js";
import { imageBatches } from "./image-batches.js";

/** Codes of images: for each scale int32 [count, sites]. */
export type ScaleCodes = readonly Int32Array[];

/** Number of sites of each scale, coarsest first. */
export function scaleSites({ config }: EvaluatedModel): readonly { readonly sites: number }[] {
  return config.tokeniser.scales.map((side) => ({ sites: side * side }));
}

/** Codes of the first `count` images of a data set; of all of them unless told. */
export async function encodeDataset(
  model: EvaluatedModel,
  dataset: ImageDataset,
  count = dataset.count,
): Promise<ScaleCodes> {
  const scales = scaleSites(model);
  const codes = scales.map(({ sites }) => new Int32Array(count * sites));
  for (const batch of imageBatches(dataset, count)) {
    const encoded = await model.encode(batch);
    scales.forEach(({ sites }, k) => codes[k]!.set(encoded[k]!, batch.first * sites));
  }
  return codes;
}

/** Codes of the first `count` images. */
export function firstCodes(model: EvaluatedModel, codes: ScaleCodes, count: number): ScaleCodes {
  return scaleSites(model).map(({ sites }, k) => codes[k]!.subarray(0, count * sites));
}

/** All codes of an image side by side: int32 [count, sites of all scales]. */
export function joinScales(model: EvaluatedModel, codes: ScaleCodes): Int32Array {
  const scales = scaleSites(model);
  const all = scales.reduce((sum, { sites }) => sum + sites, 0);
  const joined = new Int32Array(codes.reduce((sum, { length }) => sum + length, 0));
  let before = 0;
  scales.forEach(({ sites }, k) => {
    codes[k]!.forEach((code, at) => {
      joined[Math.floor(at / sites) * all + before + (at % sites)] = code;
    });
    before += sites;
  });
  return joined;
}
