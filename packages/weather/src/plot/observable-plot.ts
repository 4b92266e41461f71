import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { element, escaped, placed, withRoundedNumbers } from "./markup.js";

/** What the serialiser reads of a node of the document. */
interface DocumentNode {
  readonly nodeType: number;
  readonly localName: string;
  readonly textContent: string | null;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly childNodes: Iterable<DocumentNode>;
}

const ELEMENT = 1;
const TEXT = 3;

/**
 * A chart of Observable Plot as markup at a place of the picture. The document it draws in is the same in Node and browsers, and
 * so are the bytes.
 */
export function chartMarkup(options: PlotOptions, x: number, y: number): string {
  const { document } = parseHTML("<html></html>") as unknown as { readonly document: object };
  const drawn = plot({ ...options, document }) as unknown as DocumentNode;
  return placed(x, y, element("g", { "font-size": 11, "text-anchor": "middle" }, contentOf(drawn)));
}

/** Everything below a node. Style sheets are left out: they would hold for the whole page that a picture is put in. */
function contentOf({ childNodes }: DocumentNode): string {
  return Array.from(childNodes, (node) => {
    if (node.nodeType === TEXT) return escaped(node.textContent ?? "");
    if (node.nodeType !== ELEMENT || node.localName === "style") return "";
    const attributes = Object.fromEntries(
      Array.from(node.attributes, ({ name, value }) => [name, withRoundedNumbers(value)]),
    );
    return element(node.localName, attributes, contentOf(node));
  }).join("");
}
