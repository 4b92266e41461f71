import type { NamedArrays } from "@nextscale/engine";
import {
  flatThenLinearSchedule,
  initialWeightState,
  parameterNormals,
  randomStream,
  shuffledBatches,
  uniforms,
  withWarmUp,
  type Stage,
} from "@nextscale/refinement-core";
import * as z from "zod";
import { cellId, cellSchema, type Cell } from "../cell/cell.js";
import type { CellModel } from "../head/cell-model.js";
import { CLASSES } from "../network/cell-network.js";
import { studySettingsSchema, type StudySettings } from "../settings.js";
import { studyLayout, studyProgram } from "./study-program.js";

/** Schema of what makes a training the same training when it is resumed, besides its seed, data and engine. */
export const cellRunSchema = z.strictObject({ cell: cellSchema, settings: studySettingsSchema });

/** A cell, and how it is trained. */
export type CellRun = Readonly<z.infer<typeof cellRunSchema>>;

/** What training reads. */
export interface TrainingItems {
  readonly count: number;
  /** Some items, in the order of the indices, one after the other; made when they are first asked for. */
  at(indices: ArrayLike<number>): Promise<Float32Array>;
  readonly labels: ArrayLike<number>;
}

/** Steps over which the rate comes up; share of the steps at the highest one; the last rate as a share of it. */
const [WARM_UP, FLAT, LAST_RATE] = [100, 0.4, 0.01];

/** The finished model keeps the last weights: their rate has come down to a hundredth. An average is not kept. */
const NO_AVERAGE = 0;

/** Name of the run of a cell and seed, in files. */
export function cellRunName(cell: Cell, seed: number): string {
  return `${cellId(cell)}-seed-${seed}`;
}

/** The training of a cell. All cells of a seed see the same images in the same order, with the same labels left out. */
export function studyStage<H extends Readonly<Record<string, unknown>>>(
  cell: Cell,
  model: CellModel<H>,
  options: { readonly items: TrainingItems; readonly settings: StudySettings; readonly seed: number },
): Stage<CellRun, Promise<NamedArrays>> {
  const { items, settings, seed } = options;
  const { steps, batchSize, learningRate: peak, classDropout } = settings.training;
  const order = shuffledBatches({ count: items.count, batchSize, stream: randomStream(seed, "paper/study-order") });
  const dropout = randomStream(seed, "paper/study-class-dropout");
  const rate = flatThenLinearSchedule({ peak, last: peak * LAST_RATE, steps, flat: FLAT });
  return {
    name: cellRunName(cell, seed),
    kind: "paper/study",
    steps,
    program: () => studyProgram(model, settings.training),
    layout: () => studyLayout(model),
    start: () => initialWeightState(model.init(parameterNormals(seed)), model.types),
    constants: {},
    async batches(step): Promise<NamedArrays> {
      const { indices } = order(step);
      const own = { first: step * batchSize, count: batchSize };
      const drop = uniforms(dropout, { items: own, draws: 1 });
      const random = Object.entries(model.random.draw(seed, own)).map(([name, data]) => [`random/${name}`, data]);
      return {
        items: await items.at(indices),
        labels: Int32Array.from(indices, (index, i) => (drop[i]! < classDropout ? CLASSES : items.labels[index]!)),
        ...(Object.fromEntries(random) as NamedArrays),
      };
    },
    scalars: {
      learningRate: withWarmUp(rate, { steps: Math.min(WARM_UP, steps >> 1) }),
      averageDecay: () => NO_AVERAGE,
    },
  };
}
