import type { CategoricalModel } from "../head/categorical.js";
import { closest, type SampledTrick } from "./trick.js";
import { withPredictions } from "./with-predictions.js";

/*
 * Early exit and schedule search (section 6: "analogous to noise-schedule tuning"; Watson et al. 2022 search the times of a
 * trained diffusion model). State and data of the latents lie at the finest resolution throughout, so a walk may leave scales
 * out: what they would have said is left to the next one, and after the last what is known is decoded. The weights stay as
 * they are; the network has not seen such contexts in training.
 */

/**
 * The model that walks over some of its scales.
 *
 * @param chosen their numbers, ascending, 0 for the coarsest
 */
export function walkingOver(model: CategoricalModel, chosen: readonly number[]): CategoricalModel {
  const { space, coder } = model;
  const some = <T>(all: readonly T[]): readonly T[] => chosen.map((k) => all[k]!);
  const own: CategoricalModel = {
    ...model,
    space: {
      ...space,
      tokens: some(space.tokens),
      states: [...some(space.states), space.states.at(-1)!],
      scales: () => some(space.scales()),
    },
    coder: {
      forms: some(coder.forms),
      quantiser() {
        const { embed, quantise } = coder.quantiser();
        return {
          embed: (index, codes) => embed(chosen[index]!, codes),
          quantise: (index, residual) => quantise(chosen[index]!, residual),
        };
      },
    },
  };
  return withPredictions(own, (params, labels) => {
    const all = model.predictions(params, labels);
    return () => {
      const predict = all();
      return (step) => predict({ ...step, index: chosen[step.index]! });
    };
  });
}

/** Every way to leave out some of the scales, but not all. */
export function shorterSchedules(scales: number): readonly (readonly number[])[] {
  const all = Array.from({ length: scales }, (_, k) => k);
  return Array.from({ length: 2 ** scales - 2 }, (_, i) => all.filter((k) => ((i + 1) >> k) % 2 === 1));
}

const named = (chosen: readonly number[]) => ({ name: chosen.map((k) => k + 1).join(" "), values: chosen });
const isPrefix = (chosen: readonly number[]): boolean => chosen.every((k, at) => k === at);

const common = { kind: "sampled", hasLikelihood: true, apply: walkingOver } as const;

/** Early exit after the coarse scales that come closest to validation images. */
export const earlyExit: SampledTrick = {
  ...common,
  ...{ id: "early-exit", label: "Early exit", source: "paper, section 6", change: "the finest scales are left out" },
  evaluations: (chosen) => chosen.length,
  choose: (scales, validation) => closest(validation, shorterSchedules(scales).filter(isPrefix).map(named)),
};

/** The schedule of fewer scales that comes closest to validation images. */
export const scheduleSearch: SampledTrick = {
  ...common,
  ...{ id: "schedule-search", label: "Schedule search", source: "Watson et al. 2022", change: "some scales are left out" }, // prettier-ignore
  evaluations: (chosen) => chosen.length,
  choose: (scales, validation) => closest(validation, shorterSchedules(scales).map(named)),
};
