import * as z from "zod";
import { FULL_STUDY, QUICK_STUDY, studySettingsSchema, type StudySettings } from "../settings.js";

/** Schema of the size of the comparison of tricks. */
export const trickSettingsSchema = z.strictObject({
  study: studySettingsSchema,
  /** Training images after the first `study.trainingImages`: those that choices are made by. */
  validationImages: z.number().int().min(1),
});

/**
 * Size of the comparison of tricks. What a trick leaves open, its strength for example, is chosen on validation images: they are
 * held out of all trainings here, which are therefore not those of the matrix. Test images are for the tables alone.
 */
export interface TrickSettings {
  readonly study: StudySettings;
  readonly validationImages: number;
}

/** The study with 5,000 of the training images held out. */
export const FULL_TRICKS: TrickSettings = {
  study: { ...FULL_STUDY, trainingImages: 55_000 },
  validationImages: 5_000,
};

/** A smoke run. */
export const QUICK_TRICKS: TrickSettings = { study: QUICK_STUDY, validationImages: 100 };
