import { NextscaleError } from "@nextscale/engine";
import { invalid, requireMembers } from "./case.js";
import { meanMetric, type Metric } from "./metric.js";
import { cellStatistic, type FieldStatistic } from "./statistic.js";

const WHERE = "weather/crps";

/**
 * Continuous ranked probability score of M members x and a truth y,
 * 1/M Σ |xᵢ - y| - (1 - ε) / (2 M (M - 1)) Σᵢⱼ |xᵢ - xⱼ| with ε = (1 - fairness) / M, in the unit of x. Smaller is better.
 *
 * - `fairness` 1: fair (Ferro 2014). Its expectation does not depend on M: it estimates the score of infinitely many
 *   members without bias. Like the pairs it is a mean of, it is never negative, but 0 for some imperfect ensembles.
 * - `fairness` 0: the score of the M members as a distribution. Never negative; larger than the fair one by
 *   Σᵢⱼ |xᵢ - xⱼ| / (2 M² (M - 1)), and so too hard on small ensembles.
 * - between: almost fair (Lang et al. 2024, 0.95; ECMWF's anemoi-core), for training: no direction in which members can
 *   drift apart at no cost, as one member can with the fair score when another equals the truth.
 *
 * By sorting, in O(M log M): Σᵢⱼ |xᵢ - xⱼ| = 2 Σᵣ (2r - M - 1) x₍ᵣ₎, r from 1 to M. Members are not changed.
 *
 * @throws NextscaleError `invalid-argument` for no members, one unless fairness is 0, or fairness beyond 0 to 1;
 *   `invalid-data` for a value that is not finite
 */
export function ensembleCrps(members: ArrayLike<number>, truth: number, fairness = 1): number {
  checkFairness(fairness);
  requireMembers(WHERE, members, fairness === 0 ? 1 : 2);
  const score = crpsOfCell(Float64Array.from(members), truth, fairness);
  if (!Number.isFinite(score)) {
    throw new NextscaleError({
      code: "invalid-data",
      where: WHERE,
      expected: "finite values",
      got: `a score of ${score}`,
    });
  }
  return score;
}

/** Sorts the members in place. */
function crpsOfCell(members: Float64Array, truth: number, fairness: number): number {
  members.sort();
  const count = members.length;
  let [distance, spread] = [0, 0];
  for (let r = 0; r < count; r++) {
    // The coefficients sum to 0, so the truth may be the origin: that keeps digits of values like 55000 +- 10.
    const difference = members[r]! - truth;
    distance += Math.abs(difference);
    spread += (2 * r - count + 1) * difference;
  }
  return distance / count - spread * spreadFactor(count, fairness);
}

/** (1 - (1 - fairness)/M) / (M (M - 1)), which for fairness 0 is 1/M² for a single member too. */
function spreadFactor(count: number, fairness: number): number {
  if (fairness === 0) return 1 / count ** 2;
  return (1 - (1 - fairness) / count) / (count * (count - 1));
}

function checkFairness(fairness: number): void {
  if (!(fairness >= 0 && fairness <= 1)) throw invalid(WHERE, "a fairness from 0 (biased) to 1 (fair)", `${fairness}`);
}

/** The score of each cell. See `ensembleCrps`. */
export function crpsStatistic(fairness = 1): FieldStatistic {
  checkFairness(fairness);
  return cellStatistic(
    `crps(fairness=${fairness})`,
    (members, truth) => crpsOfCell(members, truth, fairness),
    ({ members }) => requireMembers(WHERE, members, fairness === 0 ? 1 : 2),
  );
}

/**
 * Mean continuous ranked probability score, in the unit of the channel; the estimators are those of `ensembleCrps`. Of a
 * deterministic forecast with fairness 0 it is the mean absolute error.
 *
 * @throws NextscaleError `invalid-argument` for fairness beyond 0 to 1 and, when a case is added, for one member unless
 *   fairness is 0
 */
export function crps(fairness = 1): Metric {
  const statistic = crpsStatistic(fairness);
  return meanMetric(statistic.name, statistic);
}
