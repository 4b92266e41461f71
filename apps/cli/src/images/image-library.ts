import { NextscaleError } from "@nextscale/engine";
import type { SamplingOptions, TrainProgress } from "@nextscale/refinement-core";

export interface ImageBatch {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export interface SampleRequest extends SamplingOptions {
  readonly count: number;
  readonly seed: number | bigint;
  readonly label?: number | readonly number[];
  readonly first?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImageSamples extends ImageBatch {
  readonly labels: Int32Array;
  readonly codes: readonly Int32Array[];
}

export interface ImageModel {
  readonly config: {
    readonly height: number;
    readonly width: number;
    readonly channels: 1 | 3;
    readonly classes: readonly string[];
    readonly tokeniser: { readonly scales: readonly number[]; readonly vocabulary: number };
  };
  readonly hash: string;
  readonly engine: string;
  networkEvaluations(request: SamplingOptions): number;
  sample(request: SampleRequest): Promise<ImageSamples>;
  decodeScales(codes: readonly Int32Array[], count: number): Promise<readonly ImageBatch[]>;
  close(): Promise<void>;
}

export interface TrainingEvent extends TrainProgress {
  readonly stage: string;
}

export interface TrainingSummary {
  readonly hash: string;
  readonly engine: string;
  readonly steps: number;
}

interface ImageLibrary {
  loadImageModel(nameOrFolder: string, options?: { readonly engine?: string }): Promise<ImageModel>;
  trainImageModel(options: {
    readonly preset: string;
    readonly out: string;
    readonly seed: number;
    readonly resume?: boolean;
    readonly signal?: AbortSignal;
    readonly onProgress?: (event: TrainingEvent) => void;
  }): Promise<TrainingSummary>;
}

export async function imageLibrary(): Promise<ImageLibrary> {
  const library = (await import("@nextscale/images/node")) as unknown as Partial<ImageLibrary>;
  if (library.loadImageModel !== undefined) return library as ImageLibrary;
  throw new NextscaleError({
    code: "missing-data",
    where: "images",
    expected: "image models",
    got: "none in this version",
  });
}
