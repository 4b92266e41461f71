import { isNextscaleError } from "@nextscale/engine";
import { expect, test } from "vitest";
import { IMAGE_PRESETS, type ImagePreset, type ImagePresetName } from "../../src/config/presets.js";
import { imageDataset, type ImageDataset } from "../../src/data/image-dataset.js";
import { runConfigSchema } from "../../src/training/run.js";
import { runConfig, sidesFor } from "../../src/training/run-config.js";

const PRESETS = Object.keys(IMAGE_PRESETS) as ImagePresetName[];

function blank(count: number, height: number, width: number): Promise<ImageDataset> {
  const images = new Uint8Array(count * height * width);
  return imageDataset({ name: "mine", images, height, width, channels: 1, classes: [] });
}

function refusal(preset: ImagePresetName | ImagePreset, dataset: ImageDataset): string {
  try {
    runConfig(preset, dataset);
  } catch (error) {
    if (isNextscaleError(error, "invalid-argument")) return error.message;
    throw error;
  }
  throw new Error("it was not refused");
}

test.each(PRESETS)("%s is for just the sides that its schema takes", async (preset) => {
  const { model, training } = IMAGE_PRESETS[preset];
  const sides = sidesFor(model.tokeniser);
  expect(sides).toContain(28);
  for (let side = 1; side <= 40; side++) {
    const config = { model: { height: side, width: 28, channels: 1, classes: [], ...model }, training };
    expect(runConfigSchema.safeParse(config).success, String(side)).toBe(sides.includes(side));
  }
});

test("images of another size are told the sizes that fit, in one line", async () => {
  expect(refusal("tiny", await blank(16, 3, 3))).toMatchInlineSnapshot(
    `"images/trainImageModel: expected images of 25 to 28 pixels a side, which the preset tiny is for, got 3x3 pixels in mine; resize the images, or choose another preset or data set"`,
  );
  expect(refusal("mnist", await blank(16, 28, 32))).toMatchInlineSnapshot(
    `"images/trainImageModel: expected images of 25 to 28 pixels a side, which the preset mnist is for, got 28x32 pixels in mine; resize the images, or choose another preset or data set"`,
  );
  const { model, training } = IMAGE_PRESETS.tiny;
  const larger = { model: { ...model, tokeniser: { ...model.tokeniser, scales: [1, 7] } }, training };
  expect(refusal(larger, await blank(16, 28, 28))).toMatchInlineSnapshot(
    `"images/trainImageModel: expected images of 33 to 36 pixels a side, which the given preset is for, got 28x28 pixels in mine; resize the images, or choose another preset or data set"`,
  );
});

test("a preset takes as many images as its largest batch", async () => {
  expect(runConfig("tiny", await blank(16, 28, 28)).model).toMatchObject({ height: 28, width: 28, classes: [] });
  expect(refusal("tiny", await blank(1, 28, 28))).toMatchInlineSnapshot(
    `"images/trainImageModel: expected at least 16 images, the largest batch of the preset tiny, got 1 in mine; add images or choose another data set"`,
  );
  const { model, training } = IMAGE_PRESETS.tiny;
  for (const stage of ["tokeniser", "decoder", "refiner"] as const) {
    const preset = { model, training: { ...training, [stage]: { ...training[stage], batchSize: 17 } } };
    expect(refusal(preset, await blank(16, 28, 28)), stage).toContain("at least 17 images");
  }
});

test("a preset that is wrong in itself is told what is, in one line", async () => {
  const { model, training } = IMAGE_PRESETS.tiny;
  const dataset = await blank(16, 28, 28);
  const descending = { model: { ...model, tokeniser: { ...model.tokeniser, scales: [9, 5] } }, training };
  expect(refusal(descending, dataset)).toMatchInlineSnapshot(
    `"images/trainImageModel: expected the given preset to be one for images of 28x28x1, got model.tokeniser.scales: expected sides in ascending order, the coarsest first; model.tokeniser.scales: expected scales up to the latent grid of 5x5; correct the preset"`,
  );
  const half = {
    model: { ...model, tokeniser: {} },
    training: { ...training, decoder: { ...training.decoder, steps: 0.5 } },
  };
  const message = refusal(half as unknown as ImagePreset, dataset);
  expect(message).toMatch(/model\.tokeniser\.widths: .*; training\.decoder\.steps: /);
  expect(message).not.toContain("\n");
});
