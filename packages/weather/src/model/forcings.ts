import { HOUR } from "../verification/case.js";

/** Numbers that describe the time of a step: see `forcings`. */
export const FORCINGS = 8;

const DAY = 24 * HOUR;

/**
 * Where the year and the day stand at the start and at the end of a step: cosine and sine of each [8] (as GraphCast's
 * `featurize_progress`).
 *
 * @param start milliseconds since 1970-01-01 UTC
 */
export function forcings(start: number, stepHours: number): readonly number[] {
  return [start, start + stepHours * HOUR].flatMap((time) => {
    const year = new Date(time).getUTCFullYear();
    const [from, to] = [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
    const angles = [(time - from) / (to - from), (((time % DAY) + DAY) % DAY) / DAY].map((part) => 2 * Math.PI * part);
    return angles.flatMap((angle) => [Math.cos(angle), Math.sin(angle)]);
  });
}
