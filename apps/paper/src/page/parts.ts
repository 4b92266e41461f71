import type { StudyResults } from "../study/report/results.js";
import { STUDY_PARTS } from "../study/report/study-plan.js";
import type { TrickResults } from "../study/tricks/results.js";
import type { SweepResults } from "../sweep/sweep.js";
import { TABLE_NAMES } from "../table/recipe.js";
import type { Table } from "../table/table.js";

/**
 * Names of all that is made of the paper, in the order of a page: the tables of section 4, the sweep, which is about their statements, the study of
 * section 6, whose frontier samples what its matrix has trained.
 */
export const PART_NAMES = [...TABLE_NAMES, "sweep", ...STUDY_PARTS, "tricks"] as const;

/** Name of a part. */
export type PartName = (typeof PART_NAMES)[number];

/** What a part came to, as plain data: its `format` says which of these it is. */
export type PaperResults = Table | StudyResults | TrickResults | SweepResults;
