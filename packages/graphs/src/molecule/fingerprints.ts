import { NextscaleError } from "@nextscale/engine";

/** Fingerprints of molecules by the few bits that are set in them. */
export interface Fingerprints {
  readonly count: number;
  /** Bits of each. */
  readonly bits: number;
  /** Where each one's bits begin in `on`, [count + 1]. */
  readonly offsets: Int32Array;
  /** The bits that are set, ascending in each. */
  readonly on: Uint16Array;
}

/**
 * Gathers fingerprints.
 *
 * @param rows the bits that are set in each, ascending
 * @param bits of each, at most 65,536
 * @throws NextscaleError `invalid-data` for a bit outside its range or out of order
 */
export function fingerprintsOf(rows: readonly (readonly number[])[], bits: number): Fingerprints {
  const offsets = new Int32Array(rows.length + 1);
  rows.forEach((row, i) => (offsets[i + 1] = offsets[i]! + row.length));
  const on = new Uint16Array(offsets[rows.length]!);
  rows.forEach((row, i) => {
    const ascending = row.every((bit, at) => Number.isInteger(bit) && bit < bits && bit > (row[at - 1] ?? -1));
    if (!ascending || bits > 65_536) {
      throw new NextscaleError({
        code: "invalid-data",
        where: "graphs/fingerprintsOf",
        expected: `ascending bits from 0 to ${bits - 1}, which is at most 65535`,
        got: `others in fingerprint ${i}`,
      });
    }
    on.set(row, offsets[i]);
  });
  return { count: rows.length, bits, offsets, on };
}

/** Some fingerprints of a set, in the order of the indices. */
export function selectFingerprints({ bits, offsets, on }: Fingerprints, indices: ArrayLike<number>): Fingerprints {
  return fingerprintsOf(
    Array.from(indices, (i) => Array.from(on.subarray(offsets[i], offsets[i + 1]))),
    bits,
  );
}

/**
 * Visits the Tanimoto similarities |x ∧ y| / |x ∨ y| between two sets, one row of them at a time: n·m numbers are never held
 * together. Two fingerprints without bits are equal, 1 (as in MOSES).
 *
 * The bits that pairs share are counted through the list of each bit's owners. Fingerprints set some tens of their thousands of
 * bits, so that takes a hundredth of looking at all bits of all pairs.
 *
 * @param visit is given the number of a fingerprint of `a` and its similarities with all of `b`, which the next row overwrites
 * @throws NextscaleError `shape` for fingerprints of different lengths
 */
export function forEachSimilarityRow(
  a: Fingerprints,
  b: Fingerprints,
  visit: (row: number, similarities: Float64Array) => void,
): void {
  if (a.bits !== b.bits) {
    throw new NextscaleError({
      code: "shape",
      where: "graphs/forEachSimilarityRow",
      expected: `fingerprints of ${a.bits} bits`,
      got: `${b.bits}`,
    });
  }
  const { starts, owners } = ownersOf(b);
  const sizes = Int32Array.from({ length: b.count }, (_, i) => b.offsets[i + 1]! - b.offsets[i]!);
  const shared = new Int32Array(b.count);
  const similarities = new Float64Array(b.count);
  for (let row = 0; row < a.count; row++) {
    shared.fill(0);
    const [start, end] = [a.offsets[row]!, a.offsets[row + 1]!];
    for (let at = start; at < end; at++) {
      const bit = a.on[at]!;
      for (let next = starts[bit]!; next < starts[bit + 1]!; next++) shared[owners[next]!]! += 1;
    }
    for (let j = 0; j < b.count; j++) {
      const union = end - start + sizes[j]! - shared[j]!;
      similarities[j] = union === 0 ? 1 : shared[j]! / union;
    }
    visit(row, similarities);
  }
}

/** The fingerprints that have each bit. */
function ownersOf({ count, bits, offsets, on }: Fingerprints): {
  readonly starts: Int32Array;
  readonly owners: Int32Array;
} {
  const starts = new Int32Array(bits + 1);
  for (const bit of on) starts[bit + 1]! += 1;
  for (let bit = 0; bit < bits; bit++) starts[bit + 1]! += starts[bit]!;
  const next = starts.slice(0, bits);
  const owners = new Int32Array(on.length);
  for (let i = 0; i < count; i++) {
    for (let at = offsets[i]!; at < offsets[i + 1]!; at++) owners[next[on[at]!]!++] = i;
  }
  return { starts, owners };
}
