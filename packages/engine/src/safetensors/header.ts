import { NextscaleError } from "../errors.js";
import { DAMAGED, quoteName, SAFETENSORS_LIMITS } from "./tensor.js";

/** One tensor as the header describes it; nothing is checked against the data yet. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** First byte and one past the last, counted from the end of the header. */
  readonly begin: number;
  readonly end: number;
}

/** What a header says. */
export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Parses the JSON of a safetensors header.
 *
 * `JSON.parse` would keep the last of two equal keys without a word, and would build whatever nested structure the
 * text describes before anything could be checked. This parser knows the one shape a header may have, so it finds
 * duplicates, stops at the caps, and names the place of the first fault.
 *
 * @throws NextscaleError `invalid-file`
 */
export function parseHeader(text: string, where: string): Header {
  const scanner = new Scanner(text, where);
  const entries: HeaderEntry[] = [];
  let metadata: [string, string][] = [];
  scanner.object((name) => {
    if (name === "__metadata__") {
      metadata = parseMetadata(scanner);
      return;
    }
    entries.push(parseEntry(scanner, name));
  });
  scanner.end();
  // fromEntries defines properties, so a key such as "__proto__" is an ordinary key.
  return { entries, metadata: Object.fromEntries(metadata) };
}

function parseMetadata(scanner: Scanner): [string, string][] {
  const metadata: [string, string][] = [];
  scanner.object((key) => metadata.push([key, scanner.string()]));
  return metadata;
}

function parseEntry(scanner: Scanner, name: string): HeaderEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  scanner.object((key) => {
    switch (key) {
      case "dtype":
        dtype = scanner.string();
        break;
      case "shape":
        shape = scanner.integers(SAFETENSORS_LIMITS.rank);
        break;
      case "data_offsets":
        offsets = scanner.integers(2);
        break;
      default:
        scanner.fail(`dtype, shape and data_offsets for tensor ${quoteName(name)}`, `the key ${quoteName(key)}`);
    }
  });
  const [begin, end] = offsets ?? [];
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    return scanner.fail(`dtype, shape and two data_offsets for tensor ${quoteName(name)}`, "an entry without them");
  }
  return { name, dtype, shape, begin, end };
}

/** A reader of the few JSON forms a header may hold. */
class Scanner {
  private readonly text: string;
  private readonly where: string;
  private position = 0;

  constructor(text: string, where: string) {
    this.text = text;
    this.where = where;
  }

  fail(expected: string, got: string): never {
    const place = `${got} at character ${this.position} of the header`;
    throw new NextscaleError({ code: "invalid-file", where: this.where, expected, got: place, fix: DAMAGED });
  }

  /**
   * An object; `value` is called with each key and must consume its value. Equal keys are an error, and so are more
   * than the cap allows, tensors and metadata alike.
   */
  object(value: (key: string) => void): void {
    const seen = new Set<string>();
    this.expect("{");
    if (this.accept("}")) return;
    do {
      const key = this.string();
      if (seen.has(key)) this.fail("every key once", `a second ${quoteName(key)}`);
      if (seen.size === SAFETENSORS_LIMITS.entries) this.fail(`at most ${seen.size} keys`, "more");
      seen.add(key);
      this.expect(":");
      value(key);
    } while (this.accept(","));
    this.expect("}");
  }

  string(): string {
    this.expect('"');
    const start = this.position;
    let end = start;
    for (; this.text.charCodeAt(end) !== 0x22; end++) {
      if (end >= this.text.length) this.fail("the end of a string", "the end");
      if (this.text.charCodeAt(end) === 0x5c) end++;
    }
    this.position = end + 1;
    try {
      // Escapes and control characters are JSON's business; the slice is one string literal and nothing else.
      return JSON.parse(this.text.slice(start - 1, end + 1)) as string;
    } catch {
      return this.fail("a JSON string", "one with a bad escape or a control character");
    }
  }

  /** An array of at most `most` non-negative safe integers. */
  integers(most: number): number[] {
    const values: number[] = [];
    this.expect("[");
    if (this.accept("]")) return values;
    do {
      if (values.length === most) this.fail(`at most ${most} numbers in an array`, "more");
      values.push(this.integer());
    } while (this.accept(","));
    this.expect("]");
    return values;
  }

  /** The header's end: the format pads with spaces, and nothing else may follow. */
  end(): void {
    this.skipSpace();
    if (this.position < this.text.length) this.fail("the end of the header", "more text");
  }

  private integer(): number {
    this.skipSpace();
    const digits = /(?:0|[1-9][0-9]{0,15})(?![0-9.eE])/y;
    digits.lastIndex = this.position;
    const value = Number(digits.exec(this.text)?.[0] ?? NaN);
    if (!Number.isSafeInteger(value)) this.fail("a whole number from 0 to 2^53 - 1", "something else");
    this.position = digits.lastIndex;
    return value;
  }

  private skipSpace(): void {
    while (" \n\r\t".includes(this.text[this.position] ?? "x")) this.position++;
  }

  private accept(character: string): boolean {
    this.skipSpace();
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private expect(character: string): void {
    if (this.accept(character)) return;
    const found = this.text[this.position];
    this.fail(JSON.stringify(character), found === undefined ? "the end" : JSON.stringify(found));
  }
}
