/** Images as float32 in [0, 1], row-major [count, height, width, channels]. */
export interface ImageBatch {
  readonly data: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}
