import { regionalGrid } from "../grid/grid.js";
import type { FieldLayout } from "../verification/case.js";

/** First and last year, both whole. */
export type Years = readonly [first: number, last: number];

/** A public data set of analyses: its files, what of them is used, and which years are for what. */
export interface AnalysisSet {
  /** Name of its folder in the folder `weather` of `NEXTSCALE_DATA`. */
  readonly name: string;
  /** File of each channel. */
  readonly files: Readonly<Record<string, string>>;
  /** The channels, and the part of the files' grid that models are made for. */
  readonly layout: FieldLayout;
  readonly years: { readonly train: Years; readonly validation: Years; readonly test: Years };
  /** Where the files are from. */
  readonly source: string;
}

/**
 * ERA-Interim (ECMWF; Dee and others 2011) over western Europe at 1.5 degrees, daily at 12 UTC.
 *
 * A pyramid needs an even number of rows, and the files have 21: of the two outermost ones the southern goes, along the desert's edge,
 * where the weather changes least.
 */
const ERA_INTERIM_WESTERN_EUROPE: AnalysisSet = {
  name: "eraint-weurope-daily",
  files: { msl: "mslp_ei.nc", z500: "z500_ei.nc", t850: "t850_ei.nc" },
  layout: {
    channels: ["msl", "z500", "t850"],
    grid: regionalGrid(
      Array.from({ length: 20 }, (_, i) => 31.5 + 1.5 * i),
      Array.from({ length: 24 }, (_, i) => -20 + 1.5 * i),
    ),
  },
  years: { train: [2000, 2006], validation: [2007, 2007], test: [2008, 2009] },
  source:
    "inst/extdata of https://github.com/lemuscanovas/synoptReg at commit 7d9c1013c67214af13e2ab3d832a311d5e5c72b6",
};

/** The data sets that are known here. */
export const ANALYSIS_SETS: readonly AnalysisSet[] = [ERA_INTERIM_WESTERN_EUROPE];
