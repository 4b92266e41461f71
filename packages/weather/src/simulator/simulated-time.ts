import { HOUR } from "../verification/case.js";

/** Year that the first run of the simulator begins in, unless it is given another. */
export const FIRST_YEAR = 2001;

/**
 * What an hour of a run is called, milliseconds since 1970-01-01 UTC: a run begins in the middle of the northern winter, so on
 * 15 January.
 */
export function simulatedTime(hours: number, year = FIRST_YEAR): number {
  return Date.UTC(year, 0, 15) + hours * HOUR;
}
