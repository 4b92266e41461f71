import { join } from "node:path";
import { normals, randomStream } from "@nextscale/refinement-core";
import { pixelsAt } from "../../data/digits.js";
import { lendingImages } from "../../study/measure/labels.js";
import { normalImages } from "../../study/measure/normal-images.js";
import { floorsSchema, type StudyFloors } from "../../study/report/records.js";
import { findRecord, requireSameStudy, writeRecord } from "../record-files.js";
import { labelsOf } from "./run-cell.js";
import type { StudyLab } from "./study-lab.js";

/** Measures sets of images without a model, or reads what was measured before. */
export async function runStudyFloors(
  lab: Pick<
    StudyLab,
    "study" | "settings" | "data" | "folder" | "meter" | "components" | "histograms" | "latentsDecoded"
  >,
  seed: number,
): Promise<StudyFloors> {
  const { study, settings, data, folder } = lab;
  const path = join(folder, `study-floors-seed-${seed}.json`);
  const earlier = await findRecord(path, floorsSchema);
  if (earlier !== undefined) {
    requireSameStudy(path, earlier.study, study);
    return earlier;
  }
  const { train } = data;
  const meter = await lab.meter();
  const training: Record<string, StudyFloors["normal"]> = {};
  for (const count of new Set([settings.samples, settings.fewSamples])) {
    const images = pixelsAt({ bytes: train.images, count: train.count }, lendingImages(seed, train.count, count));
    training[`${count}`] = await meter(images, labelsOf(lab, seed, count));
  }
  const components = await lab.components();
  const draws = components.components;
  const noise = normals(randomStream(seed, "paper/study-normal"), { items: settings.samples, draws });
  const normal = await meter(normalImages(components, noise), labelsOf(lab, seed, settings.samples));
  const latents = await lab.latentsDecoded();
  const { histogramBits, pixelHistogramBits } = await lab.histograms();
  const record: StudyFloors = { study, seed, training, latents, normal, histogramBits, pixelHistogramBits };
  await writeRecord(path, record);
  return record;
}
