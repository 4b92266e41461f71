import { element, escaped, label, placed } from "./markup.js";

/** What a picture is called. */
export interface Titles {
  /** What it shows: "500 hPa geopotential, ensemble mean". */
  readonly title: string;
  /** When and of what: "Start 2008-01-01 12 UTC, lead 72 h". */
  readonly subtitle?: string;
}

const MARGIN = 16;

/** Room for title and subtitle. */
const HEAD = 26;
const SUBTITLE = 18;

/** A part of a picture. */
export interface Panel {
  readonly width: number;
  readonly height: number;
  readonly markup: string;
}

/** A picture that can be opened alone: panels side by side on white, under its title. */
export function page({ title, subtitle }: Titles, panels: readonly Panel[], definitions = ""): string {
  const head = MARGIN + HEAD + (subtitle === undefined ? 0 : SUBTITLE);
  const inner = panels.reduce((sum, panel) => sum + panel.width + MARGIN, -MARGIN);
  const width = Math.ceil(inner + 2 * MARGIN);
  const height = Math.ceil(head + Math.max(...panels.map((panel) => panel.height)) + MARGIN);
  let x = MARGIN;
  const parts = panels.map((panel) => {
    const part = placed(x, head, panel.markup);
    x += panel.width + MARGIN;
    return part;
  });
  return (
    element(
      "svg",
      {
        xmlns: "http://www.w3.org/2000/svg",
        width,
        height,
        viewBox: `0 0 ${width} ${height}`,
        "font-family": "Helvetica, Arial, sans-serif",
        color: "#222",
        fill: "#222",
        role: "img",
      },
      element("title", {}, escaped(title)),
      definitions,
      element("rect", { width, height, fill: "#fff" }),
      label(title, { x: MARGIN, y: MARGIN + 14, "font-size": 16, "font-weight": 600 }),
      ...(subtitle === undefined
        ? []
        : [label(subtitle, { x: MARGIN, y: MARGIN + HEAD + 6, "font-size": 12, fill: "#555" })]),
      ...parts,
    ) + "\n"
  );
}
