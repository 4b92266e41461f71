import { SaxesParser } from "saxes";

/** An element of a picture. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: SvgElement[];
  text: string;
}

/** The elements of well-formed XML; throws for anything else. */
export function parseXml(xml: string): SvgElement {
  const root: SvgElement = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser({ xmlns: false });
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: SvgElement = { name, attributes, children: [], text: "" };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("text", (text) => (open.at(-1)!.text += text));
  parser.on("closetag", () => open.pop());
  parser.write(xml).close();
  return root.children[0]!;
}

/** An element and all below it. */
export function elementsOf(element: SvgElement): SvgElement[] {
  return [element, ...element.children.flatMap(elementsOf)];
}

/** All texts that a reader sees, in the order of the file. */
export function textsOf(svg: string): string[] {
  return elementsOf(parseXml(svg))
    .filter(({ name }) => name === "text" || name === "tspan")
    .map(({ text }) => text);
}

/** Elements of a picture whose attributes have the given values. */
export function withAttributes(svg: string, wanted: Readonly<Record<string, string>>): SvgElement[] {
  return elementsOf(parseXml(svg)).filter(({ attributes }) => {
    return Object.entries(wanted).every(([name, value]) => attributes[name] === value);
  });
}

/** What keeps a text from being a picture that opens alone; empty when nothing does. */
export function problemsOf(svg: string): string[] {
  const root = parseXml(svg);
  const elements = elementsOf(root);
  const ids = elements.flatMap(({ attributes }) => attributes["id"] ?? []);
  const values = elements.flatMap(({ attributes }) => Object.entries(attributes));
  const references = values.flatMap(([, value]) => /^url\((.*)\)$/.exec(value)?.[1] ?? []);
  const links = values.flatMap(([name, value]) => (/href|src/.test(name) ? value : []));
  return [
    ...(root.name === "svg" && root.attributes["xmlns"] === "http://www.w3.org/2000/svg" ? [] : ["not an svg"]),
    ...[...references, ...links]
      .filter((target) => !ids.includes(target.slice(1)))
      .map((target) => `link to ${target}`),
    ...(new Set(ids).size === ids.length ? [] : ["an id twice"]),
    ...values
      .filter(([, value]) => /NaN|Infinity|undefined|null/.test(value))
      .map(([name, value]) => `${name}=${value}`),
    ...elements.filter(({ name }) => name === "style" || name === "script").map(({ name }) => name),
  ];
}
