import { partPictures } from "./part-files.js";
import { resultsMarkdown } from "./part-markdown.js";
import { PART_NAMES, type PaperResults } from "./parts.js";

/**
 * The page of all parts that there are, in the order of their names, with their pictures.
 *
 * @param origin how the page was made, a paragraph
 * @param folder where each part has its pictures in a folder of its name, as seen from the page: `results/`, or nothing
 */
export function resultsPage(all: readonly PaperResults[], origin: string, folder = ""): string {
  const inOrder = all.toSorted((a, b) => PART_NAMES.indexOf(a.name) - PART_NAMES.indexOf(b.name));
  const sections = inOrder.map((results) => `${resultsMarkdown(results)}${pictureLines(results, folder)}`);
  return ["# Results", "", origin, "", INTRO, "", ...sections].join("\n");
}

function pictureLines(results: PaperResults, folder: string): string {
  const files = Object.keys(partPictures(results));
  return files.map((file) => `\n![${file.replace(".svg", "")} of ${results.name}](${folder}${results.name}/${file})\n`).join(""); // prettier-ignore
}

const INTRO =
  "Each section has the trivial predictors and the floors beside ours, and says what becomes of each statement; " +
  "the tables have the paper's rows as printed.";
