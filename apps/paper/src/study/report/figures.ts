import { percentText, spreadText } from "../../table/figures.js";
import { HALF_95 } from "../../table/statistics.js";
import type { SampleRecord } from "./records.js";

/** A distance: of one seed with its 95 % interval by the bootstrap, of several with their deviation. */
export function distanceText(seeds: readonly Pick<SampleRecord, "frechet" | "standardError">[]): string {
  const [first] = seeds;
  if (first === undefined) return "–";
  if (seeds.length > 1) return spreadText(seeds.map(({ frechet }) => frechet), 2); // prettier-ignore
  return `${first.frechet.toFixed(2)} ± ${(HALF_95 * first.standardError).toFixed(2)}`;
}

/** Shares of samples that show the class that was asked for, as per cent. */
export function agreementText(seeds: readonly Pick<SampleRecord, "classAgreement">[]): string {
  return percentText(seeds.map(({ classAgreement }) => classAgreement));
}
