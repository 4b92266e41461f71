import { STUDY_FORMAT, type StudyResults } from "../study/report/results.js";
import { studyPicture, type CostAxis } from "../study/report/study-picture.js";
import type { StudyPart } from "../study/report/study-plan.js";
import { TRICKS_FORMAT } from "../study/tricks/results.js";
import { tricksPictures } from "../study/tricks/tricks-picture.js";
import { SWEEP_FORMAT } from "../sweep/sweep.js";
import { sweepPicture } from "../sweep/sweep-picture.js";
import { TABLE_FORMAT } from "../table/table.js";
import { tablePictures } from "../table/picture.js";
import { resultsMarkdown } from "./part-markdown.js";
import type { PaperResults } from "./parts.js";

/** The engine that results were computed on. */
export function engineOf(results: PaperResults): string {
  return results.format === TRICKS_FORMAT ? results.identity.study.engine : results.study.engine;
}

/** What a part is written as, by the names of the files in its folder: the results, the same as Markdown, pictures. */
export function partFiles(results: PaperResults): Readonly<Record<string, string>> {
  const markdown = `${results.format === TABLE_FORMAT ? "table" : results.name}.md`;
  return {
    "results.json": `${JSON.stringify(results, null, 2)}\n`,
    [markdown]: resultsMarkdown(results),
    ...partPictures(results),
  };
}

/** Pictures of a part, as SVG, by the names of their files. */
export function partPictures(results: PaperResults): Readonly<Record<string, string>> {
  switch (results.format) {
    case TABLE_FORMAT:
      return svgFiles(tablePictures(results));
    case STUDY_FORMAT:
      return studyPictures(results);
    case TRICKS_FORMAT:
      return svgFiles(tricksPictures(results), "tricks-");
    case SWEEP_FORMAT:
      return { "sweep.svg": sweepPicture(results) };
  }
}

/** What the horizontal axes of a part's pictures count. */
const AXES: Readonly<Record<StudyPart, readonly CostAxis[]>> = {
  matrix: ["operations"],
  frontier: ["evaluations", "operations", "seconds"],
};

function studyPictures(results: StudyResults): Readonly<Record<string, string>> {
  const heads = AXES[results.name].map((axis) => [axis, studyPicture(results, axis)] as const);
  const others = results.name === "matrix" ? [] : [["diffusion", studyPicture(results, "operations", "diffusion")] as const]; // prettier-ignore
  return svgFiles(Object.fromEntries([...heads, ...others]), `${results.name}-`);
}

/** Pictures by the names of their files. */
function svgFiles(pictures: Readonly<Record<string, string>>, prefix = ""): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(pictures).map(([name, svg]) => [`${prefix}${name}.svg`, svg]));
}
