import type { Stage } from "@nextscale/refinement-core";
import * as z from "zod";
import type { ImageDataset } from "../data/image-dataset.js";
import { imageModelConfigSchema, imageTrainingSchema } from "../config/config.js";
import type { WeightTypes } from "../generator/weights.js";

/** Schema of a run's configuration, which makes a run the same run when it is resumed. */
export const runConfigSchema = z.strictObject({ model: imageModelConfigSchema, training: imageTrainingSchema });

/** The configuration of a training run. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;

/** What the stages of a run are made of. */
export interface StageInputs {
  readonly config: RunConfig;
  /** Types of the weights that the configuration implies. */
  readonly types: WeightTypes;
  readonly dataset: ImageDataset;
  readonly seed: number;
}

/** A stage of a run. */
export type ImageStage = Stage<RunConfig>;
