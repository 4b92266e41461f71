import { philox4x32 } from "@nextscale/engine";
import { checkField, counterAt, invalid, type RandomStream } from "./stream.js";

/** Which items or sites: the first `n`, a run of them, or a list in any order. */
export type Indices = number | { readonly first: number; readonly count: number } | ArrayLike<number>;

/** What to draw: a block [items, sites, draws], row-major. Each number depends only on its own item, site and draw. */
export interface Region {
  /** Default: item 0 alone. */
  readonly items?: Indices;
  /** Default: 0. */
  readonly scale?: number;
  /** Default: site 0 alone. */
  readonly sites?: Indices;
  /** Numbers at each site. */
  readonly draws: number;
}

/** How many indices. */
export function countOf(indices: Indices): number {
  if (typeof indices === "number") return indices;
  return "count" in indices ? indices.count : indices.length;
}

/** The index at a position. */
export function indexAt(indices: Indices, position: number): number {
  if (typeof indices === "number") return position;
  return "count" in indices ? indices.first + position : indices[position]!;
}

/** How many numbers a region holds. */
export function regionSize(region: Region): number {
  return countOf(region.items ?? 1) * countOf(region.sites ?? 1) * region.draws;
}

/** Turns up to four random words into numbers `out[position .. position + count - 1]`. */
export type WriteBlock<Out> = (words: Uint32Array, out: Out, position: number, count: number) => void;

/**
 * Draws a region, one Philox block for every four numbers of a site.
 *
 * @throws NextscaleError `invalid-argument` for an index outside its range or an `out` of the wrong length
 */
export function fillRegion<Out extends Float32Array>(
  stream: RandomStream,
  region: Region,
  out: Out,
  write: WriteBlock<Out>,
): Out {
  const { draws } = region;
  if (draws !== 0) checkField("draw", draws - 1);
  checkOut(region, out.length);
  const words = new Uint32Array(4);
  let position = 0;
  forEachSite(stream, region, (counter) => {
    const end = position + draws;
    for (; position < end; position += 4) {
      philox4x32(counter, stream.key, words);
      counter[0]++;
      write(words, out, position, Math.min(4, end - position));
    }
    position = end;
  });
  return out;
}

/** Visits the sites of a region in row-major order with the counter of each site's first block, to be counted up. */
export function forEachSite(
  stream: RandomStream,
  region: Region,
  visit: (counter: [number, number, number, number]) => void,
): void {
  const items = region.items ?? 1;
  const sites = region.sites ?? 1;
  const scale = region.scale ?? 0;
  const siteCount = checkCount("sites", countOf(sites));
  for (let i = 0, count = checkCount("items", countOf(items)); i < count; i++) {
    const counter = counterAt(stream, { item: indexAt(items, i), scale });
    for (let s = 0; s < siteCount; s++) {
      counter[0] = 0;
      counter[1] = checkField("site", indexAt(sites, s));
      visit(counter);
    }
  }
}

/** @throws NextscaleError `invalid-argument` unless `out` has the size of the region */
export function checkOut(region: Region, length: number): void {
  const size = regionSize(region);
  if (length !== size) throw invalid(`an output array of ${size} numbers`, `${length}`);
}

function checkCount(what: string, count: number): number {
  if (!Number.isInteger(count) || count < 0)
    throw invalid(`a count of ${what} that is a non-negative integer`, `${count}`);
  return count;
}
