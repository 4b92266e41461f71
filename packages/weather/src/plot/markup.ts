/*
 * SVG as text. All of a picture goes through `element` and `escaped`, so it is well-formed XML whatever a title says, and
 * all numbers through `rounded`, so the last bits of a sine do not change its bytes.
 */

/** Attributes of an element; those that are undefined are left out. */
export type MarkupAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element with its content, which is markup already. */
export function element(name: string, attributes: MarkupAttributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === "number" ? rounded(value) : escaped(value)}"`],
  );
  const head = `<${name}${written.join("")}`;
  return content.length === 0 ? `${head}/>` : `${head}>${content.join("")}</${name}>`;
}

/** Text of a picture, in the size of small print and anchored at its start unless told. */
export function label(text: string, attributes: MarkupAttributes): string {
  return element("text", { "font-size": 11, ...attributes }, escaped(text));
}

/** Markup moved to a place in its parent. */
export function placed(x: number, y: number, ...content: readonly string[]): string {
  return element("g", { transform: `translate(${rounded(x)},${rounded(y)})` }, ...content);
}

/** Text for content or an attribute. What XML 1.0 cannot hold at all becomes the replacement character. */
export function escaped(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD")
    .replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Two decimals, a few thousandths of an inch on a screen; no trailing zeros. */
export function rounded(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** A path or another list of numbers with each number rounded. */
export function withRoundedNumbers(text: string): string {
  return text.replace(/-?\d*\.\d+(?:e-?\d+)?/g, (number) => rounded(Number(number)));
}

/**
 * Content under an id that is a hash of it (FNV-1a): pictures on one page can share an id only where they share the content, so
 * that none refers to another's.
 */
export function shared(
  name: "clipPath" | "g",
  ...content: readonly string[]
): { readonly id: string; readonly markup: string } {
  let hash = 0x811c9dc5;
  for (const part of [name, ...content]) {
    for (let i = 0; i < part.length; i++) hash = Math.imul(hash ^ part.charCodeAt(i), 0x01000193) >>> 0;
  }
  const id = `${name}-${hash.toString(16).padStart(8, "0")}`;
  return { id, markup: element(name, { id }, ...content) };
}
