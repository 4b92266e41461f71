import { STUDY_FORMAT } from "../study/report/results.js";
import { studyMarkdown } from "../study/report/study-markdown.js";
import { TRICKS_FORMAT } from "../study/tricks/results.js";
import { tricksMarkdown } from "../study/tricks/tricks-markdown.js";
import { SWEEP_FORMAT } from "../sweep/sweep.js";
import { sweepMarkdown } from "../sweep/sweep-markdown.js";
import { tableMarkdown } from "../table/markdown.js";
import { TABLE_FORMAT } from "../table/table.js";
import type { PaperResults } from "./parts.js";

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
