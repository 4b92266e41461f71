import { SaxesParser } from "saxes";

/** An element of a picture. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
}

/** The elements of well-formed XML, in their order; throws for anything else. */
export function elementsOf(xml: string): SvgElement[] {
  const elements: SvgElement[] = [];
  const open: SvgElement[] = [];
  const parser = new SaxesParser({ xmlns: false });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: SvgElement = { name, attributes, text: "" };
    elements.push(element);
    open.push(element);
  });
  parser.on("text", (text) => {
    if (open.length > 0) open.at(-1)!.text += text;
  });
  parser.on("closetag", () => open.pop());
  parser.write(xml).close();
  return elements;
}

/** Elements of a kind. */
export function named(svg: string, ...names: readonly string[]): SvgElement[] {
  return elementsOf(svg).filter(({ name }) => names.includes(name));
}

/** What keeps a text from being a picture that opens alone and whose parts are all on it; empty when nothing does. */
export function problemsOf(svg: string): string[] {
  const elements = elementsOf(svg);
  const [root] = elements;
  const values = elements.flatMap(({ attributes }) => Object.entries(attributes));
  return [
    ...(root?.name === "svg" && root.attributes["xmlns"] === "http://www.w3.org/2000/svg" ? [] : ["not an svg"]),
    ...(elements[1]?.name === "title" && elements[1].text !== "" ? [] : ["no title"]),
    ...values
      .filter(([, value]) => /NaN|Infinity|undefined|null/.test(value))
      .map(([name, value]) => `${name}=${value}`),
    ...values.filter(([name]) => /href|src|^on/.test(name)).map(([name]) => name),
    ...elements.filter(({ name }) => name === "style" || name === "script").map(({ name }) => name),
  ];
}

/** Where the discs and polygons of a picture are: in the pixels of their group, with their size. */
export function discsOf(
  svg: string,
): { readonly x: number; readonly y: number; readonly r: number; readonly fill: string }[] {
  return named(svg, "circle").map(({ attributes }) => {
    return {
      x: Number(attributes["cx"]),
      y: Number(attributes["cy"]),
      r: Number(attributes["r"]),
      fill: attributes["fill"]!,
    };
  });
}
