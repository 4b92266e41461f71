import { STUDY } from "../settings.js";
import { usualCell, type CategoricalCell, type Cell } from "./cell.js";

const HEADS = ["categorical", "gaussian", "epsilon"] as const;

/** {pixels, latents} x {categorical, gaussian, epsilon} x {multi-scale, single-scale}. */
export const MATRIX_CELLS: readonly Cell[] = (["pixels", "latents"] as const).flatMap((space) =>
  HEADS.flatMap((head) => {
    const all = STUDY.sides[space];
    return [usualCell(space, head, all), usualCell(space, head, all.slice(-1))];
  }),
);

/** The cell that ablations are of: codes of latents, coarse to fine. */
export const ABLATED = usualCell("latents", "categorical", STUDY.sides.latents) as CategoricalCell;

/** Each differs from `ABLATED` in one thing: the context, the loop, noise on the codes. */
export const ABLATIONS: readonly Cell[] = [
  { ...ABLATED, context: "prefix" },
  { ...ABLATED, encoding: "open" },
  { ...ABLATED, codeNoise: 0.1 },
];

/**
 * Sensitivity to S: codes of fewer scales, whose codebooks are fitted to them, as are those of S = 1, a cell of the matrix. All five
 * scales are here with fitted codebooks too: the tokeniser's hold other numbers of bits, and what S does could not be told from that.
 */
export const FEWER_SCALES: readonly Cell[] = [
  { ...ABLATED, codebooks: "fitted" },
  usualCell("latents", "categorical", [2, 5]),
  usualCell("latents", "categorical", [1, 3, 5]),
];

/**
 * Other diffusion of a single scale: rectified flow, which needs few steps, and section 6's discrete diffusion, of the codes that the
 * categorical cell of a single scale says all at once.
 */
export const OTHER_DIFFUSION: readonly Cell[] = [
  usualCell("pixels", "flow", STUDY.sides.pixels.slice(-1)),
  usualCell("latents", "flow", STUDY.sides.latents.slice(-1)),
  usualCell("latents", "absorbing", STUDY.sides.latents.slice(-1)),
];

/** Everything that is trained. */
export const STUDY_CELLS: readonly Cell[] = [...MATRIX_CELLS, ...ABLATIONS, ...OTHER_DIFFUSION, ...FEWER_SCALES];
