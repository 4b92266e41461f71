import { distanceText, agreementText } from "./figures.js";
import type { StudyFloors } from "./records.js";

/** A set of images without a model, as tables have it. */
export interface FloorLine {
  readonly label: string;
  readonly distance: string;
  readonly classAgreement: string;
}

/**
 * What no model of so many samples can be better than, and what any should be better than.
 *
 * @param floors one for each seed @param counts numbers of samples in the table
 */
export function floorLines(floors: readonly StudyFloors[], counts: readonly number[]): readonly FloorLine[] {
  const line = (label: string, of: (floor: StudyFloors) => StudyFloors["normal"]): FloorLine => {
    const found = floors.map(of);
    return { label, distance: distanceText(found), classAgreement: agreementText(found) };
  };
  return [
    ...[...new Set(counts)].map((count) =>
      line(`Training images, ${count} (floor)`, ({ training }) => training[`${count}`]!),
    ),
    line("Test images as their latents decode (floor of latents)", ({ latents }) => latents),
    line("Normal distribution of pixels (trivial)", ({ normal }) => normal),
  ];
}
