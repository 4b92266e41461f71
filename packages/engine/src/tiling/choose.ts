import { typeOf, type Program, type ValueId } from "../ir/program.js";
import { programMultiplyAdds } from "../ops/program-work.js";
import { largestValue, planTiles, type TilePlan } from "./plan.js";

/**
 * Largest value a tile should make, in bytes: a few of these fit a processor's last-level cache. A training step of the
 * benchmark transformer (values of 20 MB) takes 2,000 ms on one thread undivided, 1,600 ms in 4 or 8 tiles, 1,680 ms in 16 and
 * 1,850 ms in 64.
 */
const TILE_BYTES = 4 * 2 ** 20;

const TILE_COUNTS = [2, 4, 8, 16, 32, 64] as const;

/** Share of the products' work that has to happen in tiles for a loop to be worth it. */
const LEAST_SHARE = 0.8;

/**
 * Divides a program along its batch so that what one tile computes stays in cache, as a loop that adds up what sums over the
 * batch: the gradients of a training step.
 *
 * @param inputs program inputs that change from run to run; those with a divisible first axis are taken for batches
 * @returns null when values are small anyway, or the program does not divide
 */
export function chooseTiles(program: Program, inputs: readonly ValueId[]): TilePlan | null {
  const largest = largestValue(program);
  if (largest <= TILE_BYTES) return null;
  const enough = TILE_COUNTS.findIndex((tiles) => largest / tiles <= TILE_BYTES);
  const counts = enough < 0 ? TILE_COUNTS : TILE_COUNTS.slice(0, enough + 1);
  const total = programMultiplyAdds(program);
  for (const tiles of counts.toReversed()) {
    const batch = inputs.filter((value) => divides(typeOf(program, value).shape[0], tiles));
    const plan = batch.length === 0 ? null : planTiles(program, batch, tiles);
    if (plan !== null && tiles * programMultiplyAdds(plan.body) >= LEAST_SHARE * total) return plan;
  }
  return null;
}

function divides(extent: number | undefined, tiles: number): boolean {
  return extent !== undefined && extent > 0 && extent % tiles === 0;
}
