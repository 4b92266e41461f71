import * as z from "zod";
import { STUDY } from "../settings.js";

/*
 * What section 6 asks to compare, as data: a space, a head, and scales. Everything else is the same for all cells, but for the
 * ablations of the categorical head, each of which is one field of it.
 */

const space = z.enum(["pixels", "latents"]);
/** Side of the state's grid at each scale, coarsest first; one for a single-scale cell. */
const sides = z.array(z.number().int().min(1).max(28)).min(1).max(8);

const categorical = z.strictObject({
  space,
  head: z.literal("categorical"),
  sides,
  /** Codes of the bundled tokeniser, or of codebooks fitted to the cell's own scales. */
  codebooks: z.enum(["tokeniser", "fitted"]),
  /** All coarser scales (eq. 2), or what they add up to (eq. 18). */
  context: z.enum(["markov", "prefix"]),
  /** Residuals against what the decoder has, or as printed in eq. 13 to 15. */
  encoding: z.enum(["closed", "open"]),
  /** Largest share of an image's codes that training replaces: a stochastic forward process. */
  codeNoise: z.number().min(0).max(1),
});

const gaussian = z.strictObject({ space, head: z.literal("gaussian"), sides });

const epsilon = z.strictObject({ space, head: z.literal("epsilon"), sides });

/** The same network as of an epsilon cell, along straight lines instead of a diffusion's. */
const flow = z.strictObject({ space, head: z.literal("flow"), sides });

/** Discrete diffusion of a single scale's codes, of codebooks that are fitted to it. */
const absorbing = z.strictObject({ space, head: z.literal("absorbing"), sides: sides.max(1) });

/** Schema of a cell. */
export const cellSchema = z.discriminatedUnion("head", [categorical, gaussian, epsilon, flow, absorbing]);

/** What is trained. */
export type Cell = Readonly<z.infer<typeof cellSchema>>;

/** Name of a space. */
export type SpaceName = Cell["space"];

/** A cell of codes. */
export type CategoricalCell = Extract<Cell, { readonly head: "categorical" }>;

/** A cell of residuals that are not quantised, one evaluation a scale. */
export type GaussianCell = Extract<Cell, { readonly head: "gaussian" }>;

/** Name of a cell in files: no two have the same. */
export function cellId(cell: Cell): string {
  const name = `${cell.space}-${cell.head}-${scalesName(cell.sides)}`;
  if (cell.head !== "categorical") return name;
  const usual = usualCell(cell.space, "categorical", cell.sides) as CategoricalCell;
  const changes = [
    ...(cell.codebooks === usual.codebooks ? [] : [`${cell.codebooks}-codes`]),
    ...(cell.context === usual.context ? [] : [cell.context]),
    ...(cell.encoding === usual.encoding ? [] : [`${cell.encoding}-loop`]),
    ...(cell.codeNoise === usual.codeNoise ? [] : [`code-noise-${cell.codeNoise}`]),
  ];
  return [name, ...changes].join("-");
}

function scalesName(sides: readonly number[]): string {
  return `${sides.length}-${sides.length === 1 ? "scale" : "scales"}`;
}

const SPACES = { pixels: "Pixels", latents: "Latents" } as const;

const HEADS = {
  categorical: "categorical",
  gaussian: "gaussian",
  epsilon: "epsilon",
  flow: "rectified flow",
  absorbing: "discrete diffusion",
} as const satisfies Readonly<Record<Cell["head"], string>>;

/** Name of a cell in tables. */
export function cellLabel(cell: Cell): string {
  const scales = cell.sides.length === 1 ? "single-scale" : `${cell.sides.length} scales`;
  const name = `${SPACES[cell.space]}, ${HEADS[cell.head]}, ${scales}`;
  if (cell.head !== "categorical") return name;
  const usual = usualCell(cell.space, "categorical", cell.sides) as CategoricalCell;
  const changes = [
    ...(cell.codebooks === usual.codebooks ? [] : [`${cell.codebooks} codebooks`]),
    ...(cell.context === usual.context ? [] : ["full prefix"]),
    ...(cell.encoding === usual.encoding ? [] : ["open loop"]),
    ...(cell.codeNoise === usual.codeNoise ? [] : [`code noise ${cell.codeNoise}`]),
  ];
  return [name, ...changes].join(", ");
}

/** The cell without ablations: Markov context, closed loop, no noise, the tokeniser's codes where it has scales of these sides. */
export function usualCell(space: SpaceName, head: Cell["head"], sides: readonly number[]): Cell {
  const own = [...sides];
  if (head !== "categorical") return { space, head, sides: own };
  const isTokenisers = space === "latents" && own.join() === STUDY.sides.latents.join();
  const codebooks = isTokenisers ? "tokeniser" : "fitted";
  return { space, head, sides: own, codebooks, context: "markov", encoding: "closed", codeNoise: 0 };
}
