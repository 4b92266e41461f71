/** Attributes of an element; those that are undefined are left out. */
export type MarkupAttributes = Readonly<Record<string, string | number | undefined>>;

/** What XML 1.0 cannot hold in any form. */
const IMPOSSIBLE = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The start of an element. Numbers have two decimals at most, so the last bits of a sine do not change the bytes of a picture. */
export function startTag(name: string, attributes: MarkupAttributes): string {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`;
  }
  return `${text}>`;
}

/** An element with its content, which is markup already. */
export function element(name: string, attributes: MarkupAttributes, ...content: readonly string[]): string {
  const start = startTag(name, attributes);
  return content.length === 0 ? `${start.slice(0, -1)}/>` : `${start}${content.join("")}</${name}>`;
}

/** Text for content or an attribute: it comes back as it was. What XML cannot hold at all becomes the replacement character. */
export function escaped(text: string): string {
  return text
    .replace(new RegExp(IMPOSSIBLE, "gu"), "\uFFFD")
    .replace(/[&<>"\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Whether a text comes back from XML as it was. */
export function fitsXml(text: string): boolean {
  return !IMPOSSIBLE.test(text);
}

/** Two decimals, no trailing zeros. */
export function rounded(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}
