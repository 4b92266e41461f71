import { NextscaleError } from "@nextscale/engine";

/** What a structure-data file may be at most. */
export const SDF_LIMITS = {
  characters: 200_000_000,
  records: 1_000_000,
  /** Of one record, and of one value in it. */
  record: 1_000_000,
} as const;

/** A record of a structure-data file. */
export interface SdfRecord {
  /** A molfile, from its name to `M  END`, or as much as there is of it. */
  readonly molblock: string;
  /** Named data of the molecule; values may have several lines. */
  readonly properties: Readonly<Record<string, string>>;
}

/** A record that was read, and where it begins. */
export interface SdfRecordAt extends SdfRecord {
  /** From 1. */
  readonly line: number;
}

/**
 * Splits a structure-data file (BIOVIA, CTfile Formats) into its records. What is in the molfiles is for `Chemistry` to parse, also where one has no
 * `M  END`: it is all of its record then.
 *
 * @throws NextscaleError `invalid-file` for data without a name, or more than {@link SDF_LIMITS}
 */
export function readSdf(text: string): SdfRecordAt[] {
  if (text.length > SDF_LIMITS.characters) {
    throw invalid(`at most ${SDF_LIMITS.characters} characters`, `${text.length}`);
  }
  const records: SdfRecordAt[] = [];
  let lines: string[] = [];
  let [first, size] = [1, 0];
  const finish = (): void => {
    if (records.length === SDF_LIMITS.records) throw invalid(`at most ${SDF_LIMITS.records} records`, "more");
    records.push(recordOf(lines, first));
    lines = [];
  };
  for (let start = 0, number = 1; start < text.length; number++) {
    const newline = text.indexOf("\n", start);
    const line = text.slice(start, newline === -1 ? text.length : newline).replace(/\r$/, "");
    start = newline === -1 ? text.length : newline + 1;
    if (line.startsWith("$$$$")) {
      finish();
      [first, size] = [number + 1, 0];
      continue;
    }
    size += line.length + 1;
    if (size > SDF_LIMITS.record)
      throw invalid(`records of at most ${SDF_LIMITS.record} characters`, `more from line ${first}`);
    lines.push(line);
  }
  // The last delimiter may be missing, and a molfile alone has none.
  if (lines.some((line) => line.trim() !== "")) finish();
  return records;
}

function recordOf(lines: readonly string[], first: number): SdfRecordAt {
  const end = lines.findIndex((line) => /^M {2}END\s*$/.test(line));
  if (end === -1) return { line: first, molblock: `${lines.join("\n")}\n`, properties: {} };
  const properties: Record<string, string> = Object.create(null) as Record<string, string>;
  for (let at = end + 1; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() === "") continue;
    const name = /^>.*?<([^>]+)>/.exec(line)?.[1];
    if (name === undefined)
      throw invalid("data with names like > <name>", `${line.slice(0, 100)} in line ${first + at}`);
    const value: string[] = [];
    while (at + 1 < lines.length && lines[at + 1]!.trim() !== "") value.push(lines[++at]!);
    properties[name] = value.join("\n");
  }
  return { line: first, molblock: `${lines.slice(0, end + 1).join("\n")}\n`, properties: { ...properties } };
}

/**
 * A structure-data file of some records, as {@link readSdf} reads it.
 *
 * @throws NextscaleError `invalid-argument` for a molfile without `M  END` at its end, or a name or a value that the format has no
 *   place for: empty lines end a value, `$$$$` a record
 */
export function sdfText(records: Iterable<SdfRecord>): string {
  let text = "";
  for (const { molblock, properties } of records) {
    if (!/(^|\n)M {2}END\s*$/.test(molblock) || molblock.includes("$$$$")) {
      throw unwritable("a molfile that ends with M  END", molblock.slice(-100));
    }
    text += molblock.endsWith("\n") ? molblock : `${molblock}\n`;
    for (const [name, value] of Object.entries(properties)) {
      if (!/^[^<>\r\n]+$/.test(name)) throw unwritable("names without <, > and line ends", name);
      const lines = value === "" ? [] : value.split("\n");
      if (lines.some((line) => line.trim() === "" || line.startsWith("$$$$") || line.includes("\r"))) {
        throw unwritable("values without empty lines, carriage returns and lines of $$$$", value.slice(0, 100));
      }
      text += `>  <${name}>\n${lines.map((line) => `${line}\n`).join("")}\n`;
    }
    text += "$$$$\n";
  }
  return text;
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-file", where: "graphs/readSdf", expected, got });
}

function unwritable(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "graphs/sdfText", expected, got });
}
