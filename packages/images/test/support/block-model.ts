import { fitUnigram } from "@nextscale/refinement-core";
import type { ImageDataset } from "../../src/data/image-dataset.js";
import type { ImageBatch } from "../../src/image-batch.js";
import type { EvaluatedModel } from "../../src/metrics/evaluated-model.js";
import { joinScales } from "../../src/metrics/model-codes.js";
import { imagesAt } from "../../src/training/batches.js";

/*
 * A whole image model in a few lines. Codes: the means of blocks of what coarser scales leave, rounded to one of 17 values.
 * Likelihood: the frequencies of the codes at each scale, so its cost is known exactly. Samples: whatever is passed in.
 */

const SIDES = [1, 2, 4, 7];
const VOCABULARY = 17;

/** Where samples come from: images of the wanted classes, [labels, height, width, channels]. */
export type Sampler = (labels: readonly number[]) => Float32Array;

/** The model whose code frequencies are those of a training set. */
export async function blockModel(
  train: ImageDataset,
  samplers: { readonly unguided: Sampler; readonly guided: Sampler },
): Promise<EvaluatedModel> {
  const { height, width, channels, classes } = train;
  const asBatch = (data: Float32Array, count: number): ImageBatch => ({ data, count, height, width, channels });
  const size = height * width;
  const blockOf = (pixel: number, side: number): number =>
    Math.floor((Math.floor(pixel / width) * side) / height) * side + Math.floor(((pixel % width) * side) / width);
  const valueOf = (code: number): number => (2 * code) / (VOCABULARY - 1) - 1;

  const encode = async ({ data, count }: ImageBatch): Promise<readonly Int32Array[]> => {
    const rest = data.slice();
    return SIDES.map((side) => {
      const codes = new Int32Array(count * side * side);
      for (let item = 0; item < count; item++) {
        const sums = new Float64Array(side * side);
        for (let i = 0; i < size; i++) sums[blockOf(i, side)]! += rest[item * size + i]!;
        sums.forEach((sum, block) => {
          const mean = (sum * side * side) / size;
          const code = Math.round(((mean + 1) / 2) * (VOCABULARY - 1));
          codes[item * side * side + block] = Math.min(VOCABULARY - 1, Math.max(0, code));
        });
        for (let i = 0; i < size; i++) rest[item * size + i]! -= valueOf(codes[item * side * side + blockOf(i, side)]!);
      }
      return codes;
    });
  };

  const model: EvaluatedModel = {
    config: {
      height,
      width,
      channels: channels,
      classes: [...classes],
      tokeniser: { scales: SIDES, vocabulary: VOCABULARY },
    },
    hash: "0".repeat(64),
    engine: "none",
    networkEvaluations: ({ guidanceScale = 1 } = {}) => SIDES.length * (guidanceScale === 1 ? 1 : 2),
    encode,
    async decode(codes, count) {
      const data = new Float32Array(count * size);
      SIDES.forEach((side, k) => {
        for (let at = 0; at < data.length; at++) {
          data[at]! += valueOf(codes[k]![Math.floor(at / size) * side * side + blockOf(at % size, side)]!);
        }
      });
      return asBatch(data, count);
    },
    async score(codes, labels) {
      const joined = joinScales(model, codes);
      const sites = joined.length / labels.length;
      const scaleOf = SIDES.flatMap((side, k) => new Array<number>(side * side).fill(k));
      const nats = new Float32Array(labels.length * SIDES.length);
      const confidence = new Float32Array(joined.length);
      const correct = new Uint8Array(joined.length);
      joined.forEach((code, at) => {
        const k = scaleOf[at % sites]!;
        const shares = unigram.probabilities[k]!;
        nats[Math.floor(at / sites) * SIDES.length + k]! -= Math.log(shares[code]!);
        confidence[at] = Math.max(...shares);
        correct[at] = shares[code] === confidence[at] || shares[code] === Math.max(...shares) ? 1 : 0;
      });
      return { nats, confidence, correct };
    },
    async sample({ count, label, guidanceScale }) {
      const labels = label as readonly number[];
      const batch = asBatch(guidanceScale === 1 ? samplers.unguided(labels) : samplers.guided(labels), count);
      return { ...batch, labels: Int32Array.from(labels), codes: await encode(batch) };
    },
  };
  const all = imagesAt(train, 0, train.count);
  const trainCodes = joinScales(model, await encode(asBatch(all, train.count)));
  const scales = SIDES.map((side) => ({ sites: side * side }));
  const unigram = fitUnigram(trainCodes, scales, VOCABULARY);
  return model;
}

/** Replays images of a data set, each class in order from the beginning; what is asked for twice comes twice. */
export function replay(dataset: ImageDataset): Sampler {
  const size = dataset.height * dataset.width * dataset.channels;
  const byClass = dataset.classes.map((_, label) =>
    Array.from(dataset.labels!.keys()).filter((i) => dataset.labels![i] === label),
  );
  return (labels) => {
    const used = dataset.classes.map(() => 0);
    const data = new Float32Array(labels.length * size);
    labels.forEach((label, row) => {
      const candidates = byClass[label]!;
      data.set(imagesAt(dataset, candidates[used[label]!++ % candidates.length]!, 1), row * size);
    });
    return data;
  };
}
