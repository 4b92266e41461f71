import { decode } from "fast-png";

/** A grey PNG as text, one character a pixel: paper is a space, black `#`, and what lies between by its darkness. */
export function ascii(png: Uint8Array): string {
  const { width, height, data } = decode(png);
  const darkness = (value: number) =>
    value === 250 ? " " : value === 255 ? "." : value < 40 ? "#" : value < 100 ? "x" : "o";
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from(data.subarray(row * width, (row + 1) * width), darkness)
      .join("")
      .trimEnd(),
  );
  return `\n${rows.join("\n")}\n`;
}
