import { NextscaleError } from "@nextscale/engine";
import { requireDescent, type NoiseLevel } from "./noise-level.js";

/** The data that a student is to say: early * x + late * x'' of the state it sees and of where its teacher took it. */
export interface DistillationFactors {
  readonly early: number;
  readonly late: number;
}

/**
 * Progressive distillation (Salimans and Ho 2022, algorithm 2): a student is to do in one DDIM step what its teacher does in
 * two. Of all data that it could say at the first level, these lead its step to where the teacher's two steps ended. Students
 * predict data or velocity: of noise, nothing is known where there is no signal.
 *
 * @param from level of the state that the student sees
 * @param to where its step ends, two of the teacher's steps further on
 * @throws NextscaleError `invalid-argument` unless the second has less noise for its signal
 */
export function distillationFactors(from: NoiseLevel, to: NoiseLevel): DistillationFactors {
  requireDescent("distillationFactors", [from, to]);
  const ratio = to.noise / from.noise;
  const late = 1 / (to.signal - ratio * from.signal);
  return { early: ratio === 0 ? 0 : -ratio * late, late };
}

/**
 * The levels of a student: every second one of its teacher's, first and last included. Until one step is left, students
 * become teachers.
 *
 * @param levels of the teacher, an even number of steps between them
 * @throws NextscaleError `invalid-argument` for an odd number of steps
 */
export function studentLevels(levels: readonly NoiseLevel[]): readonly NoiseLevel[] {
  requireDescent("studentLevels", levels);
  if (levels.length % 2 === 1) return levels.filter((_, i) => i % 2 === 0);
  throw new NextscaleError({
    code: "invalid-argument",
    where: "refinement-core/studentLevels",
    expected: "an even number of steps",
    got: `${levels.length - 1}`,
  });
}
