import type { Score } from "./aggregator.js";
import { invalid } from "./case.js";

/**
 * 1 - score/reference: 1 is perfect, 0 as good as the reference, below 0 worse. For scores whose perfect value is 0, such as
 * CRPS (then it is the CRPSS), Brier score, RMSE. Take both from the same starts. A ratio of
 * two sample means is itself slightly biased, by terms of order 1/n for n independent starts.
 */
export function skillScore(score: number, reference: number): number {
  return 1 - score / reference;
}

/**
 * Skill of each score against the reference's of the same metric, region, lead and output: with the fair CRPS and a
 * climatology as reference, the CRPSS.
 *
 * @throws NextscaleError `invalid-argument` when the reference lacks a score or has it of another number of starts
 */
export function skillScores(scores: readonly Score[], reference: readonly Score[]): Score[] {
  return scores.map((score) => {
    const { metric, region, leadHours, output, starts } = score;
    const other = reference.find((one) => {
      return one.metric === metric && one.region === region && one.leadHours === leadHours && one.output === output;
    });
    const name = `${metric} of ${output}, ${region}, ${leadHours} hours`;
    if (other?.starts !== starts) {
      throw invalid("weather/skillScores", `a reference for ${name} of ${starts} starts`, `${other?.starts ?? "none"}`);
    }
    return {
      ...score,
      metric: `skill-score(${metric})`,
      value: skillScore(score.value, other.value),
      state: other.state === "all-masked" ? "all-masked" : score.state,
      maskedShare: Math.max(score.maskedShare, other.maskedShare),
    };
  });
}
