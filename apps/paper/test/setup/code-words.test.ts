import { hostTensor, normals, randomStream } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { indexWords, learnedWords } from "../../src/setup/code-words.js";

const wordAt = ({ data, shape }: ReturnType<typeof indexWords>, part: number, entry: number): string => {
  const [, vocabulary = 0, bits = 0] = shape;
  return data.slice((part * vocabulary + entry) * bits, (part * vocabulary + entry + 1) * bits).join("");
};

test("words of indices are their binary digits, the lowest first, in every part", () => {
  const words = indexWords([2, 64], 6);
  expect(words.shape).toEqual([2, 64, 6]);
  expect([0, 1, 6, 63].map((entry) => wordAt(words, 1, entry))).toEqual(["000000", "100000", "011000", "111111"]);
  expect(new Set(Array.from({ length: 64 }, (_, entry) => wordAt(words, 0, entry))).size).toBe(64);
});

test("of learned words each bit halves the entries, and every entry has a word of its own", () => {
  const codebook = hostTensor([2, 64, 4], normals(randomStream(1, "test/codebook"), { draws: 2 * 64 * 4 }));
  const words = learnedWords(codebook, 8);
  for (const part of [0, 1]) {
    const own = Array.from({ length: 64 }, (_, entry) => wordAt(words, part, entry));
    for (let bit = 0; bit < 8; bit++) expect(own.filter((word) => word[bit] === "1")).toHaveLength(32);
    expect(new Set(own.map((word) => word.slice(0, 6))).size).toBe(64);
    // The last two say what the first six do not: no bit repeats another, or its opposite.
    const columns = Array.from({ length: 8 }, (_, bit) => own.map((word) => word[bit]).join(""));
    for (let a = 0; a < 8; a++)
      for (let b = 0; b < a; b++) expect([0, 64]).not.toContain(bitsApart(columns[a]!, columns[b]!));
  }
  expect(learnedWords(codebook, 8)).toEqual(words);
});

test("on a line, entries that share their first bits lie together; indices in any order do not", () => {
  // 64 places in an order that has nothing to do with where they are.
  const place = (entry: number): number => (entry * 37) % 64;
  const codebook = hostTensor(
    [1, 64, 1],
    Float32Array.from({ length: 64 }, (_, entry) => place(entry)),
  );
  const spread = (words: ReturnType<typeof indexWords>, first: string): number => {
    const places = Array.from({ length: 64 }, (_, entry) => entry)
      .filter((entry) => wordAt(words, 0, entry).startsWith(first))
      .map(place);
    return Math.max(...places) - Math.min(...places);
  };
  const learned = learnedWords(codebook, 8);
  for (const first of ["00", "01", "10", "11"]) {
    expect(spread(learned, first)).toBe(15);
    expect(spread(indexWords([1, 64], 6), first)).toBeGreaterThan(40);
  }
});

/** Of two texts of one length. */
function bitsApart(a: string, b: string): number {
  return [...a].filter((bit, i) => bit !== b[i]).length;
}
