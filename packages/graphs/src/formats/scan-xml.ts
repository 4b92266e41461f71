import { FORMAT_LIMITS, fileError } from "./file-error.js";

/** The start of an element. */
export interface XmlStart {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly line: number;
}

/** What is told of an XML text, in its order. */
export interface XmlVisitor {
  readonly open: (start: XmlStart) => void;
  readonly close: (name: string) => void;
  /** Text between tags, in one or more pieces. */
  readonly text: (text: string) => void;
}

/** What names begin with and go on with, as XML 1.0 (5th edition, productions 4 and 4a) has it. */
const NAME_START =
  String.raw`:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F` +
  String.raw`\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}`;
const NAME = String.raw`[${NAME_START}][\u0300-\u036F${NAME_START}\-.0-9\u00B7\u203F\u2040]*`;
const START = new RegExp(`<(${NAME})`, "uy");
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, "uy");
const START_END = /\s*(\/?)>/y;
const END = new RegExp(String.raw`</(${NAME})\s*>`, "uy");
const REFERENCE = /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));|&/g;
const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
/** What XML 1.0 allows in no place. Half a surrogate pair cannot come out of UTF-8. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

/**
 * Reads XML 1.0 strictly, in one pass and without a tree. What it does not read it refuses: document types, and with them entities of
 * their own, which can expand without end or name other files.
 *
 * @throws NextscaleError `invalid-file` with the line of whatever is not well-formed
 */
export function scanXml(where: string, text: string, visitor: XmlVisitor): void {
  if (text.length > FORMAT_LIMITS.text) {
    throw fileError(where, { expected: `at most ${FORMAT_LIMITS.text} characters`, got: `${text.length}` });
  }
  let [at, line, lineAt] = [text.startsWith("\uFEFF") ? 1 : 0, 1, 0];
  const lineOf = (position: number): number => {
    for (let next = text.indexOf("\n", lineAt); next !== -1 && next < position; next = text.indexOf("\n", lineAt)) {
      line += 1;
      lineAt = next + 1;
    }
    return line;
  };
  const refuse = (expected: string, position = at, fix?: string): never => {
    const got = position >= text.length ? "the end" : JSON.stringify(text.slice(position, position + 40));
    throw fileError(where, { expected, got, line: lineOf(position), ...(fix === undefined ? {} : { fix }) });
  };
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  const skipTo = (end: string): number => {
    const found = text.indexOf(end, at);
    if (found === -1) refuse(`${end} somewhere`, text.length);
    at = found + end.length;
    return found;
  };
  const decoded = (raw: string, position: number): string => {
    if (CONTROL.test(raw)) refuse("text without control characters", position);
    if (!raw.includes("&")) return raw;
    return raw.replace(REFERENCE, (_, name?: string, decimal?: string, hex?: string) => {
      if (name !== undefined) return NAMED[name]!;
      const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? parseInt(hex, 16) : -1;
      const known = code >= 0x20 || code === 9 || code === 10 || code === 13;
      if (!known || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        refuse("references that XML knows, such as &amp;", position);
      return String.fromCodePoint(code);
    });
  };
  const open: string[] = [];
  let rootSeen = false;
  const startElement = (): void => {
    const from = at;
    const name = match(START)?.[1] ?? refuse("a tag");
    if (open.length === 0 && rootSeen) refuse("one root element", from);
    if (open.length === FORMAT_LIMITS.depth) refuse(`at most ${FORMAT_LIMITS.depth} elements inside one another`, from);
    const attributes = new Map<string, string>();
    for (let found = match(ATTRIBUTE); found !== null; found = match(ATTRIBUTE)) {
      const key = found[1]!;
      if (attributes.has(key)) refuse(`each attribute once: ${key}`, from);
      attributes.set(key, decoded((found[2] ?? found[3]!).replace(/\r\n|[\t\n\r]/g, " "), from));
    }
    const end = match(START_END) ?? refuse(`the end of the tag <${name}>`);
    rootSeen = true;
    visitor.open({ name, attributes, line: lineOf(from) });
    if (end[1] === "/") visitor.close(name);
    else open.push(name);
  };
  while (at < text.length) {
    if (text[at] !== "<") {
      const from = at;
      const next = text.indexOf("<", at);
      at = next === -1 ? text.length : next;
      const piece = decoded(text.slice(from, at), from);
      if (open.length > 0) visitor.text(piece);
      else if (piece.trim() !== "") refuse("elements", from);
    } else if (text.startsWith("<!--", at)) {
      skipTo("-->");
    } else if (text.startsWith("<![CDATA[", at) && open.length > 0) {
      const from = at + 9;
      const end = skipTo("]]>");
      if (CONTROL.test(text.slice(from, end))) refuse("text without control characters", from);
      visitor.text(text.slice(from, end));
    } else if (text.startsWith("<!", at)) {
      refuse("XML without a document type", at, "remove the <!DOCTYPE ...>");
    } else if (text.startsWith("<?", at)) {
      skipTo("?>");
    } else if (text.startsWith("</", at)) {
      const from = at;
      const name = match(END)?.[1] ?? refuse("an end tag");
      if (open.pop() !== name) refuse(`the end of what is open`, from);
      visitor.close(name);
    } else startElement();
  }
  if (open.length > 0 || !rootSeen) refuse(open.length > 0 ? `</${open.at(-1)!}>` : "an element", text.length);
}
