import { hostTensor, leadingEigenvectors, type HostTensor } from "@nextscale/refinement-core";

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
 * Words that are learned from the entries: [parts, V, bits], each 0 or 1. Entries that lie close together differ in few bits.
 *
 * Each bit says on which side of a plane an entry lies. The plane halves the entries, across the direction in which those
 * that earlier bits leave together are spread most.
 *
 * @param codebook [parts, V, c]
 */
export function learnedWords(codebook: HostTensor, bits: number): HostTensor {
  const [parts = 0, vocabulary = 0, channels = 0] = codebook.shape;
  const words = hostTensor([parts, vocabulary, bits]);
  for (let part = 0; part < parts; part++) {
    const entries = codebook.data.subarray(part * vocabulary * channels, (part + 1) * vocabulary * channels);
    const own = Array.from({ length: vocabulary }, () => "");
    for (let bit = 0; bit < bits; bit++) {
      const sides = halves(entries, channels, widestDirection(entries, channels, own));
      for (const [entry, side] of sides.entries()) {
        own[entry] += String(side);
        words.data[(part * vocabulary + entry) * bits + bit] = side;
      }
    }
  }
  return words;
}

/** Of all entries' scatter, what is added to that within words: it decides where every word has one entry. */
const SHARE_OF_ALL = 1e-3;

function widestDirection(entries: Float32Array, channels: number, words: readonly string[]): Float64Array {
  const scatter = new Float64Array(channels * channels);
  const add = (members: readonly number[], weight: number) => {
    const mean = Array.from({ length: channels }, (_, c) => {
      return members.reduce((sum, entry) => sum + entries[entry * channels + c]!, 0) / members.length;
    });
    for (const entry of members) {
      for (let i = 0; i < channels; i++) {
        const di = weight * (entries[entry * channels + i]! - mean[i]!);
        for (let j = 0; j < channels; j++) {
          scatter[i * channels + j]! += di * (entries[entry * channels + j]! - mean[j]!);
        }
      }
    }
  };
  const all = words.map((_, entry) => entry);
  for (const word of new Set(words)) add(all.filter((entry) => words[entry] === word), 1); // prettier-ignore
  add(all, SHARE_OF_ALL);
  return leadingEigenvectors(scatter, channels, 1);
}

/** 1 for the half of the entries that lies further along a direction, 0 for the other. */
function halves(entries: Float32Array, channels: number, direction: Float64Array): readonly (0 | 1)[] {
  const places = Array.from({ length: entries.length / channels }, (_, entry) => {
    return direction.reduce((sum, value, c) => sum + value * entries[entry * channels + c]!, 0);
  });
  const middle = places.toSorted((a, b) => a - b)[places.length >> 1]!;
  return places.map((place) => (place >= middle ? 1 : 0));
}
