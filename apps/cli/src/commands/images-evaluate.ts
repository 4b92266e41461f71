import type { Invocation } from "../invocation.js";

export interface EvaluateImagesOptions {
  readonly model: string;
}

export async function evaluateImages(_options: EvaluateImagesOptions, _invocation: Invocation): Promise<void> {}
