import { claimTitle, OUTCOMES } from "./sweep-markdown.js";
import type { SweepResults } from "./sweep.js";

type Outcome = (typeof OUTCOMES)[number];

/** Fill and sign of each outcome: the sign tells them apart without colours. */
const STYLES: Readonly<Record<Outcome, { readonly fill: string; readonly sign: string }>> = {
  supported: { fill: "#2b83ba", sign: "+" },
  depends: { fill: "#fdae61", sign: "±" },
  "not supported": { fill: "#d7554b", sign: "−" },
  undecided: { fill: "#d9d9d9", sign: "?" },
};

/** Sizes in pixels: of a square, between groups of squares, of the margin, of the column of statements, above the squares. */
const [SQUARE, GAP, MARGIN, WORDS, HEAD] = [30, 14, 16, 560, 104] as const;

/** Where each statement holds, as SVG: a row for each, a square for each cell, the noises side by side. */
export function sweepPicture({ study, claims, isSmoke, seeds }: SweepResults): string {
  const { trainingImages, sigmas } = study.settings;
  const group = trainingImages.length * SQUARE + GAP;
  const left = (sigma: number, images: number) =>
    MARGIN + WORDS + sigmas.indexOf(sigma) * group + trainingImages.indexOf(images) * SQUARE;
  const squares = claims.flatMap((claim, row) => {
    const top = HEAD + row * SQUARE;
    const own = claim.cells.map(({ trainingImages: images, sigma, outcome }) => {
      const { fill, sign } = STYLES[outcome];
      const x = left(sigma, images);
      const name = `${images} images, noise ${sigma}: ${outcome}`;
      return (
        `<g><title>${name}</title><rect x="${x + 1}" y="${top + 1}" width="${SQUARE - 2}" height="${SQUARE - 2}" fill="${fill}"/>` +
        text(sign, x + SQUARE / 2, top + SQUARE / 2 + 5, `text-anchor="middle" font-weight="600"`) +
        "</g>"
      );
    });
    return [text(claimTitle(claim), MARGIN, top + SQUARE / 2 + 4, `font-size="11.5"`), ...own];
  });
  const heads = sigmas.flatMap((sigma) => [
    text(`σ = ${sigma}`, left(sigma, trainingImages[0]!) + (group - GAP) / 2, HEAD - 24, `text-anchor="middle"`),
    ...trainingImages.map((images) =>
      text(shortCount(images), left(sigma, images) + SQUARE / 2, HEAD - 7, `text-anchor="middle" font-size="10"`),
    ),
  ]);
  const bottom = HEAD + claims.length * SQUARE + 24;
  const key = OUTCOMES.flatMap((outcome, i) => {
    const x = MARGIN + i * 150;
    const { fill, sign } = STYLES[outcome];
    return [`<rect x="${x}" y="${bottom - 13}" width="18" height="18" fill="${fill}"/>`, text(sign, x + 9, bottom + 1, `text-anchor="middle"`), text(outcome, x + 26, bottom + 1)]; // prettier-ignore
  });
  const [width, height] = [2 * MARGIN + WORDS + sigmas.length * group - GAP, bottom + MARGIN];
  const title = "Where the statements of the tables hold";
  const subtitle = `By noise and number of training images; ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}${isSmoke ? "; a smoke run" : ""}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#222" role="img"><title>${title}</title>` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    text(title, MARGIN, MARGIN + 14, `font-size="16" font-weight="600"`) +
    text(subtitle, MARGIN, MARGIN + 32, `fill="#555"`) +
    [...heads, ...squares, ...key].join("") +
    "</svg>\n"
  );
}

function text(words: string, x: number, y: number, attributes = ""): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" ${attributes}>${escaped}</text>`;
}

/** `500`, `5k`, `60k`. */
function shortCount(count: number): string {
  return count >= 1000 ? `${count / 1000}k` : String(count);
}
