import { join } from "node:path";
import { loadMnist } from "@nextscale/images/node";
import { digitsOf, withFewer } from "../data/digits.js";
import { FLOOR_IDS } from "../floors/floors.js";
import { totalSteps } from "../settings.js";
import { SWEEP_VARIANTS } from "../sweep/claims.js";
import { cellSettings, FULL_SWEEP, gridOf, QUICK_SWEEP, type GridCell, type SweepSettings } from "../sweep/settings.js";
import { sweepOf, type SweepResults } from "../sweep/sweep.js";
import { inTurn, seedBySeed } from "./in-turn.js";
import { openLaboratory, type Laboratory } from "./laboratory.js";
import { resumable } from "./resumable.js";
import { runFloors } from "./run-floors.js";
import { seedNumbers, type RunOptions } from "./run-options.js";
import type { RunOnDigits } from "./run-on-digits.js";
import { runVariant } from "./run-variant.js";
import { stepProgress, type StepProgress } from "./step-progress.js";
import { withEngine } from "./with-engine.js";

const WHERE = "paper/runSweep";

/** Folder of the cells: they train for fewer steps than the tables, so no run is shared with those. */
const GRID = "grid";

/**
 * Trains and measures what the sweep needs and is not in the folder yet, and holds the tables' statements against each cell.
 *
 * @throws NextscaleError `invalid-argument` for a number of seeds that is none, or a folder with results of other settings;
 *   `missing-data` without MNIST; `unwritable`; `interrupted` when the signal aborts
 */
export async function runSweep(options: RunOptions): Promise<SweepResults> {
  const { quick = false } = options;
  const seeds = seedNumbers(WHERE, options.seeds ?? (quick ? 1 : 3));
  const settings = quick ? QUICK_SWEEP : FULL_SWEEP;
  const wanted = { trainingImages: Math.max(...settings.trainingImages), testImages: settings.testImages };
  const digits = digitsOf(await loadMnist("train"), await loadMnist("test"), wanted);
  return withEngine(WHERE, options, (engine) => runGrid({ ...options, seeds, settings, digits, engine }));
}

/** `runSweep` for any settings, data and engine. */
export async function runGrid(options: RunOnDigits<SweepSettings>): Promise<SweepResults> {
  const { out, seeds, settings, digits, engine, signal } = options;
  const progress = stepProgress(options.onProgress);
  const labs = await openGrid(options, progress);
  const expected = `${labs.length * seeds.length * SWEEP_VARIANTS.length} runs`;
  return resumable({ where: WHERE, expected, folder: join(out, GRID), signal }, async (tellDone) => {
    for (const { lab } of labs) await progress.expect(lab, SWEEP_VARIANTS, seeds);
    const outcomes = await seedBySeed(seeds, labs, async ({ lab }, seed) => {
      const floors = await runFloors(lab, FLOOR_IDS, seed);
      const runs = await inTurn(SWEEP_VARIANTS, async (variant) => {
        const run = await runVariant(lab, variant, seed);
        tellDone();
        return run;
      });
      return { floors, runs };
    });
    const cells = labs.map(({ cell }, i) => ({
      cell,
      floors: outcomes[i]!.map(({ floors }) => floors),
      runs: outcomes[i]!.flatMap(({ runs }) => runs),
    }));
    return sweepOf({ settings, data: digits.sha256, engine: engine.name }, seeds, cells);
  });
}

/** A laboratory for each cell. What does not depend on the noise is made once for all cells of a size, and the noise once for all. */
async function openGrid(
  options: RunOnDigits<SweepSettings>,
  progress: StepProgress,
): Promise<readonly { readonly cell: GridCell; readonly lab: Laboratory }[]> {
  const own = await inTurn(gridOf(options.settings), async (cell) => ({ cell, lab: await openCell(options, progress, cell) })); // prettier-ignore
  const { noise } = own[0]!.lab;
  return own.map(({ cell, lab }) => {
    const { components, prepared } = own.find((one) => one.cell.trainingImages === cell.trainingImages)!.lab;
    return { cell, lab: { ...lab, noise, components, prepared } };
  });
}

function openCell(options: RunOnDigits<SweepSettings>, progress: StepProgress, cell: GridCell): Promise<Laboratory> {
  const { out, digits, engine } = options;
  const settings = cellSettings(options.settings, cell);
  const { trainingImages, sigma } = cell;
  return openLaboratory({
    ...options,
    digits: withFewer(digits, trainingImages),
    study: { settings, data: digits.sha256, engine: engine.name },
    folder: join(out, GRID, `${trainingImages}-images-noise-${sigma}`),
    onProgress: (event) => progress.update(event, totalSteps(settings), `${trainingImages} images, noise ${sigma}`),
  });
}
