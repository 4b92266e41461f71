import { IMAGE_PRESETS, type ImagePreset } from "../../src/config/presets.js";

const { model, training } = IMAGE_PRESETS.tiny;

/**
 * The preset `tiny` in all its stages and steps, with networks half as wide and deep: for tests of how a training goes on, whose
 * bits are the same whatever the size.
 */
export const SMALLER: ImagePreset = {
  model: {
    tokeniser: { ...model.tokeniser, widths: [4, 8, 8], latentChannels: 4, vocabulary: 8 },
    refiner: { ...model.refiner, width: 16, depth: 1 },
  },
  training,
};
