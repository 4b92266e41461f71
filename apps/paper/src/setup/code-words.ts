import {
  featureMatrix,
  gatherRows,
  hostTensor,
  leadingEigenvectors,
  momentsOf,
  type HostTensor,
} from "@nextscale/refinement-core";

/*
 * Words of bits for the entries of codebooks. A bitwise head predicts the bits of a word; the entry is the one whose word the
 * predicted odds make most probable, so that any words can be used, also such as no two differ in one bit alone.
 */

/** Words that are the indices' binary digits, the lowest first: [parts, V, bits], each 0 or 1. */
export function indexWords([parts = 0, vocabulary = 0]: readonly number[], bits: number): HostTensor {
  const words = hostTensor([parts, vocabulary, bits]);
  words.data.forEach((_, at) => (words.data[at] = ((Math.floor(at / bits) % vocabulary) >> (at % bits)) & 1));
  return words;
}

/**
 * Words that are learned from the entries: [parts, V, bits], each 0 or 1. Entries that lie close together share their first bits.
 *
 * The first bits are a tree: each halves all groups of entries that have the same word so far, across the direction in which
 * groups are spread most, so that of 64 entries six bits tell all apart. Further bits halve all entries together, across their
 * principal axes from the second on (the first bit has the first), and add distance between words.
 *
 * @param codebook [parts, V, c]
 */
export function learnedWords(codebook: HostTensor, bits: number): HostTensor {
  const [parts = 0, vocabulary = 0, channels = 0] = codebook.shape;
  const words = hostTensor([parts, vocabulary, bits]);
  const treeBits = Math.min(bits, Math.ceil(Math.log2(vocabulary)));
  for (let part = 0; part < parts; part++) {
    const entries = codebook.data.subarray(part * vocabulary * channels, (part + 1) * vocabulary * channels);
    let groups = [Array.from({ length: vocabulary }, (_, entry) => entry)];
    const axes = principalAxes(entries, channels, groups, Math.min(channels, 1 + bits - treeBits));
    for (let bit = 0; bit < bits; bit++) {
      const isTree = bit < treeBits;
      const [direction] = isTree
        ? principalAxes(entries, channels, groups, 1)
        : [axes[(1 + bit - treeBits) % axes.length]!];
      const halves = (isTree ? groups : [groups.flat()]).map((group) => halved(group, entries, direction!));
      for (const [, upper] of halves)
        for (const entry of upper) words.data[(part * vocabulary + entry) * bits + bit] = 1;
      if (isTree) groups = halves.flat();
    }
  }
  return words;
}

/** The directions in which entries are spread most around the means of their groups. */
function principalAxes(
  entries: Float32Array,
  channels: number,
  groups: readonly (readonly number[])[],
  count: number,
): readonly Float64Array[] {
  const moments = groups
    .filter(({ length }) => length > 0)
    .map((group) => momentsOf(featureMatrix(gatherRows(entries, channels, group), channels)));
  const scatter = new Float64Array(channels * channels);
  for (const { scatter: own } of moments) own.forEach((value, at) => (scatter[at]! += value));
  const axes = leadingEigenvectors(scatter, channels, count);
  return Array.from({ length: count }, (_, i) => axes.subarray(i * channels, (i + 1) * channels));
}

/** The halves of a group that lie less and further along a direction; of an odd number the second is the larger. */
function halved(
  group: readonly number[],
  entries: Float32Array,
  direction: Float64Array,
): readonly [lower: number[], upper: number[]] {
  const place = (entry: number): number =>
    direction.reduce((sum, value, c) => sum + value * entries[entry * direction.length + c]!, 0);
  const inOrder = group.toSorted((a, b) => place(a) - place(b));
  const middle = inOrder.length >> 1;
  return [inOrder.slice(0, middle), inOrder.slice(middle)];
}
