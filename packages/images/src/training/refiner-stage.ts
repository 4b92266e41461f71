import type { NamedArrays } from "@nextscale/engine";
import { codeNoise, layoutOf, parameterNormals, randomStream, uniforms } from "@nextscale/refinement-core";
import { imageRefiner } from "../generator/generator.js";
import { refinerProgram } from "../generator/training-program.js";
import { weightTypes } from "../model/weights.js";
import { trainingBatches } from "./batches.js";
import { refinerSchedules } from "./schedules.js";
import type { Stage, StageInputs } from "./stage.js";
import { initialWeightState, weightStateTypes } from "./weight-state.js";

/**
 * Stage 3: the refiner on the frozen tokeniser's codes.
 *
 * @param tokeniser what `finishedTokeniser` kept of stage 2
 */
export function refinerStage({ config, types, dataset, seed }: StageInputs, tokeniser: NamedArrays): Stage {
  const { model, training } = config;
  const { steps, batchSize, classDropout, corruption } = training.refiner;
  const { scales, vocabulary } = model.tokeniser;
  // Another order and other shifts than the tokeniser has seen.
  const batches = trainingBatches(dataset, { batchSize, seed: seed + 1, shift: training.shift });
  const dropout = randomStream(seed, "images/class-dropout");
  const flips = randomStream(seed, "images/corruption");
  const program = refinerProgram(model, training, types);
  const wanted = new Set(program.inputs.map(({ name }) => name));
  const nullClass = model.classes.length;
  return {
    name: "refiner",
    steps,
    program: () => program,
    layout: (found) => layoutOf({ state: weightStateTypes(weightTypes(found).refiner) }),
    start: () => initialWeightState(imageRefiner(model).init(parameterNormals(seed)), types.refiner),
    // The decoder has no part in it.
    constants: Object.fromEntries(Object.entries(tokeniser).filter(([name]) => wanted.has(name))),
    batches: (step) => {
      const { images, labels, firstItem } = batches(step);
      const items = { first: firstItem, count: batchSize };
      const drop = uniforms(dropout, { items, draws: 1 });
      const noise = scales.flatMap((side, k) => {
        // There is no finer scale that could repair the last one.
        const strength = k === scales.length - 1 ? 0 : corruption;
        const { mask, replacement } = codeNoise(flips, { items, scale: k, sites: side * side, vocabulary, strength });
        return [[`noise/${k}/mask`, mask] as const, [`noise/${k}/replacement`, replacement] as const];
      });
      return {
        images,
        labels: labels.map((label, i) => (drop[i]! < classDropout ? nullClass : label)),
        ...Object.fromEntries(noise),
      };
    },
    scalars: refinerSchedules(training),
  };
}
