import type { SamplingOptions } from "@nextscale/refinement-core";
import type { ImageBatch } from "../image-batch.js";
import type { ImageModelConfig } from "../config/config.js";

/** What to sample. */
export interface SampleRequest extends SamplingOptions {
  readonly count: number;
  /** Default 0. */
  readonly seed?: number | bigint;
  /** One class for all samples, or one for each; default: the classes in turn, by the number of the sample. */
  readonly label?: number | readonly number[];
  /** Number of the first sample: sample i is the same alone, in a batch or in a shard. Default 0. */
  readonly first?: number;
  readonly signal?: AbortSignal;
  /** Called after every batch with the number of samples that are done. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Generated images with what they were generated from. */
export interface ImageSamples extends ImageBatch {
  /** Class of each image; the number of classes for an unconditional model. */
  readonly labels: Int32Array;
  /** Codes of each scale, int32 [count, side, side], coarsest first. */
  readonly codes: readonly Int32Array[];
}

/** Exact code likelihood of images and what the refiner thought of each code. */
export interface CodeScores {
  /** -ln p of the codes of each scale, in nats: [count, scales]. */
  readonly nats: Float32Array;
  /** Per code of all scales, coarse to fine: probability of the most probable code, [count, sites]. */
  readonly confidence: Float32Array;
  /** 1 where the most probable code is the code, [count, sites]. */
  readonly correct: Uint8Array;
}

/** A data set as a checkpoint names it. */
export interface TrainedOn {
  readonly name: string;
  /** `hash` of the data set. */
  readonly sha256: string;
}

/** A trained model of images. Calls may overlap; they run in turn. */
export interface ImageModel {
  readonly config: ImageModelConfig;
  /** SHA-256 of configuration and weights, for receipts. */
  readonly hash: string;
  /** The data set that it was trained on. */
  readonly trainedOn: TrainedOn;
  /** Seed that it was trained with. */
  readonly seed: number;
  /** Name of the engine that it runs on. */
  readonly engine: string;
  /** Evaluations of the refiner for one sample: one a scale, two when guided. */
  networkEvaluations(options?: SamplingOptions): number;
  /**
   * Generates images.
   *
   * @throws NextscaleError `invalid-argument` for an unknown option, an option or label out of range, `interrupted` when the signal aborts
   */
  sample(request: SampleRequest): Promise<ImageSamples>;
  /**
   * What the codes of scales 1 to k decode to, for every k: the last entry is the whole image.
   *
   * @throws NextscaleError `shape` when the codes are not those of `count` images
   */
  decodeScales(codes: readonly Int32Array[], count: number): Promise<readonly ImageBatch[]>;
  /** Images from codes, int32 [count, side, side] for each scale. @throws NextscaleError `shape` */
  decode(codes: readonly Int32Array[], count: number): Promise<ImageBatch>;
  /**
   * Codes of each scale, int32 [count, side, side].
   *
   * @throws NextscaleError `shape` for images of another size, `invalid-data` when a pixel is not a number from 0 to 1
   */
  encode(images: ImageBatch): Promise<readonly Int32Array[]>;
  /** Images as the tokeniser gives them back. @throws NextscaleError as `encode` */
  reconstruct(images: ImageBatch): Promise<ImageBatch>;
  /**
   * Exact likelihood of codes (eq. 2) given the class of each image, the number of classes meaning none.
   *
   * @param labels [count]
   * @throws NextscaleError `shape` when the codes are not those of as many images, `invalid-argument` for a label out of range
   */
  score(codes: readonly Int32Array[], labels: ArrayLike<number>): Promise<CodeScores>;
  /**
   * Refuses further calls, waits for those in progress, whole, and frees the programs, and the engine if it is the model's
   * own. Idempotent: every call returns when all is freed.
   */
  close(): Promise<void>;
}
