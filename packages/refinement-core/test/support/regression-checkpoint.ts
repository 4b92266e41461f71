import * as z from "zod";
import type { CheckpointContent, CheckpointKind } from "../../src/checkpoint/checkpoint.js";
import { initialRegression, regressionLayout } from "./linear-regression.js";

/** Checkpoints of the test regression: its configuration is the learning rate. */
export const regressionKind: CheckpointKind<{ learningRate: number }> = {
  kind: "test/regression",
  config: z.strictObject({ learningRate: z.number().positive() }),
  layout: () => regressionLayout,
};

/** The content of a finished model's checkpoint, right in every part. */
export function finishedRegression(): CheckpointContent<{ learningRate: number }> {
  return {
    config: { learningRate: 0.01 },
    seed: 5,
    data: { name: "lines", sha256: "0123456789abcdef".repeat(4) },
    metrics: { "train/loss": 0.25 },
    tensors: initialRegression(5),
  };
}

/** The same in the middle of its training. */
export function regressionContent(): CheckpointContent<{ learningRate: number }> {
  return { ...finishedRegression(), training: { stepsDone: 3, steps: 10 } };
}
