import { STUDY_FORMAT } from "../study/report/results.js";
import { studyMarkdown } from "../study/report/study-markdown.js";
import { TRICKS_FORMAT } from "../study/tricks/results.js";
import { tricksMarkdown } from "../study/tricks/tricks-markdown.js";
import { SWEEP_FORMAT } from "../sweep/sweep.js";
import { sweepMarkdown } from "../sweep/sweep-markdown.js";
import { tableMarkdown } from "../table/markdown.js";
import { TABLE_FORMAT } from "../table/table.js";
import { PART_NAMES, type PaperResults } from "./parts.js";

/** A part as Markdown: a section of a page. */
export function resultsMarkdown(results: PaperResults): string {
  switch (results.format) {
    case TABLE_FORMAT:
      return tableMarkdown(results);
    case STUDY_FORMAT:
      return studyMarkdown(results);
    case TRICKS_FORMAT:
      return tricksMarkdown(results);
    case SWEEP_FORMAT:
      return sweepMarkdown(results);
  }
}

/**
 * The page of all parts that there are, in the order of their names.
 *
 * @param origin how the page was made, a paragraph
 */
export function resultsPage(all: readonly PaperResults[], origin: string): string {
  const inOrder = all.toSorted((a, b) => PART_NAMES.indexOf(a.name) - PART_NAMES.indexOf(b.name));
  return ["# Results", "", origin, "", INTRO, "", ...inOrder.map(resultsMarkdown)].join("\n");
}

const INTRO =
  "Each section has the trivial predictors and the floors beside ours, and says what becomes of each statement; " +
  "the tables have the paper's rows as printed.";
