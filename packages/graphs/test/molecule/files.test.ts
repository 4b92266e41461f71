import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Chemistry } from "../../src/molecule/chemistry.js";
import { readSdf, SDF_LIMITS, sdfText } from "../../src/molecule/sdf.js";
import { parseSmilesLines, readSmilesLines, smilesText } from "../../src/molecule/smiles-lines.js";
import { sharedChemistry } from "./chemistry.fixture.js";

let chemistry: Chemistry;
beforeAll(async () => {
  chemistry = await sharedChemistry();
});

test("lines of SMILES are read with their numbers and names", () => {
  expect(readSmilesLines("CCO ethanol, of course\r\n\n  c1ccccc1\tbenzene\nC")).toEqual([
    { line: 1, smiles: "CCO", name: "ethanol, of course" },
    { line: 3, smiles: "c1ccccc1", name: "benzene" },
    { line: 4, smiles: "C", name: "" },
  ]);
  expect(readSmilesLines("")).toEqual([]);
});

test("what is written is read", () => {
  const word = fc.stringMatching(/^[!-~]{1,20}$/);
  const name = fc.array(word, { maxLength: 3 }).map((words) => words.join(" "));
  fc.assert(
    fc.property(fc.array(fc.record({ smiles: word, name })), (molecules) => {
      const read = readSmilesLines(smilesText(molecules));
      expect(read).toEqual(molecules.map((molecule, i) => ({ ...molecule, line: i + 1 })));
    }),
  );
  expect(smilesText(["C", "CC"])).toBe("C\nCC\n");
  expect(smilesText([])).toBe("");
  for (const smiles of ["", "C C", "C\n"]) expect(() => smilesText([smiles])).toThrow("without white space");
  expect(() => smilesText([{ smiles: "C", name: "a\nb" }])).toThrow("without line ends");
});

test("a SMILES that is too long is told by its line, or left out like others that are no molecules", async () => {
  const lines = readSmilesLines(`C\n${"C".repeat(100_000)} long\nCC\n`);
  await expect(parseSmilesLines(chemistry, lines)).rejects.toThrow(
    "in line 2 (too-large: a SMILES of 100000 characters)",
  );
  const { molecules, skipped } = await parseSmilesLines(chemistry, lines, { skipInvalid: true });
  expect([molecules.map(({ line }) => line), skipped.map(({ name }) => name)]).toEqual([[1, 3], ["long"]]);
});

test("what is no molecule is told by its line, or left out", async () => {
  const lines = readSmilesLines("CCO\n\nC1CC oops\nC[Fe]\nN\n");
  await expect(parseSmilesLines(chemistry, lines)).rejects.toThrow(/got C1CC in line 3 \(refused: SMILES Parse Error/);
  const { molecules, skipped } = await parseSmilesLines(chemistry, lines, { skipInvalid: true });
  expect(molecules.map(({ line, parts }) => [line, parts.atoms.length])).toEqual([[1, 3], [5, 1]]); // prettier-ignore
  expect(skipped.map(({ line, name, outcome }) => [line, name, outcome.reason])).toEqual([
    [3, "oops", "refused"],
    [4, "", "unmodelled"],
  ]);
});

test("records of a structure-data file come back", async () => {
  const smiles = ["CCO", "C[N+](=O)[O-]", "c1ccccc1"];
  const blocks = (await chemistry.molblocks(smiles)).map((outcome) => (outcome.ok ? outcome.value : ""));
  const records = blocks.map((molblock, i) => ({ molblock, properties: { smiles: smiles[i]!, lines: "two\nlines", none: "" } })); // prettier-ignore
  const read = readSdf(sdfText(records));
  expect(read.map(({ molblock, properties }) => ({ molblock, properties }))).toEqual(records);
  expect(read[1]!.line).toBe(sdfText(records.slice(0, 1)).split("\n").length);
  const parsed = await chemistry.parseMolblocks(read.map(({ molblock }) => molblock));
  expect(parsed.map((outcome) => outcome.ok && outcome.value.atoms.length)).toEqual([3, 4, 6]);
  // A molfile alone, and line ends of another system.
  expect(readSdf(blocks[0]!.replaceAll("\n", "\r\n"))).toEqual([{ line: 1, molblock: blocks[0], properties: {} }]);
  expect(readSdf("\n\n")).toEqual([]);
});

test("any properties that have a place come back", () => {
  const text = fc.stringMatching(/^[ -~]{1,30}$/);
  const line = text.filter((value) => value.trim() !== "" && !value.startsWith("$$$$"));
  const name = text.filter((value) => !/[<>]/.test(value));
  const properties = fc.dictionary(name, fc.array(line, { maxLength: 3 }).map((lines) => lines.join("\n"))); // prettier-ignore
  fc.assert(
    fc.property(properties, (given) => {
      const [record] = readSdf(sdfText([{ molblock: "\n\n\nM  END\n", properties: given }]));
      expect(Object.entries(record!.properties)).toEqual(Object.entries(given));
    }),
  );
});

test("damaged structure-data files are told", () => {
  expect(readSdf("a\nb\n$$$$\n")).toEqual([{ line: 1, molblock: "a\nb\n", properties: {} }]);
  expect(() => readSdf("M  END\n$$$$\nM  END\n\nrubbish\n")).toThrow("got rubbish in line 5");
  expect(() => readSdf("x".repeat(SDF_LIMITS.record + 1))).toThrow("records of at most");
  const record =
    (properties: Record<string, string>, molblock = "M  END\n") =>
    () =>
      sdfText([{ molblock, properties }]);
  expect(record({}, "M  END\nmore")).toThrow("a molfile that ends with M  END");
  expect(record({ "a<b": "1" })).toThrow("names without");
  expect(record({ a: "1\n\n2" })).toThrow("values without empty lines");
  expect(record({ a: "$$$$" })).toThrow("values without empty lines");
});
