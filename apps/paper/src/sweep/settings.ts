import { PAPER, type CellSettings } from "../settings.js";

/** Size of a sweep: all pairs of a training set and a noise. */
export interface SweepSettings extends Pick<CellSettings, "testImages" | "epochs" | "stepsPerEpoch"> {
  /** Sizes of the training set, the first so many images of MNIST. */
  readonly trainingImages: readonly number[];
  /** Deviations of the noise in training and test; the paper's is one of them. */
  readonly sigmas: readonly number[];
}

/**
 * The sweep. An epoch is as many steps as 60,000 images have, and every cell trains for ten of them: with fewer images each is
 * seen more often, and nothing else changes. A third of the tables' steps, and fewer test images, keep a hundred trainings short.
 */
export const FULL_SWEEP: SweepSettings = {
  trainingImages: [500, 5_000, 60_000],
  sigmas: [0.1, PAPER.sigma, 0.5],
  testImages: 2_000,
  epochs: 10,
  stepsPerEpoch: 234,
};

/** A smoke run. */
export const QUICK_SWEEP: SweepSettings = {
  trainingImages: [300, 600],
  sigmas: [PAPER.sigma, 0.5],
  testImages: 100,
  epochs: 2,
  stepsPerEpoch: 4,
};

/** One cell of the grid. */
export interface GridCell {
  readonly trainingImages: number;
  readonly sigma: number;
}

/** The cells: size by size, from the least noise to the most. */
export function gridOf({ trainingImages, sigmas }: SweepSettings): readonly GridCell[] {
  return trainingImages.flatMap((images) => sigmas.map((sigma) => ({ trainingImages: images, sigma })));
}

/** What a cell is trained with. */
export function cellSettings({ testImages, epochs, stepsPerEpoch }: SweepSettings, cell: GridCell): CellSettings {
  return { trainingImages: cell.trainingImages, testImages, epochs, stepsPerEpoch, sigma: cell.sigma };
}
