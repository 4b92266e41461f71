/** Names that files use for the units of the symbols. */
const SYMBOLS: Readonly<Record<string, string>> = {
  kelvin: "K",
  kelvins: "K",
  degK: "K",
  deg_K: "K",
  pascal: "Pa",
  pascals: "Pa",
  Pascal: "Pa",
  meter: "m",
  meters: "m",
  metre: "m",
  metres: "m",
  second: "s",
  seconds: "s",
  sec: "s",
};

/** A unit, perhaps after a slash, with its exponent. */
const FACTOR = /(\/?)\s*([A-Za-z_]+)\s*(?:\^|\*\*)?\s*([-+]?\d+)?/g;

/**
 * Whether two texts name the same units, however they are written: `m2 s-2`, `m**2 s**-2`, `m^2/s^2`. Prefixes are part of a
 * unit's name, so hPa and Pa differ; kg/kg is 1.
 */
export function sameUnits(a: string, b: string): boolean {
  return a.trim() === b.trim() || canonical(a) === canonical(b);
}

function canonical(text: string): string {
  const exponents = new Map<string, number>();
  for (const [, slash, name = "", power = "1"] of text.matchAll(FACTOR)) {
    const symbol = Object.hasOwn(SYMBOLS, name) ? SYMBOLS[name]! : name;
    const exponent = (slash === "/" ? -1 : 1) * Number(power);
    exponents.set(symbol, (exponents.get(symbol) ?? 0) + exponent);
  }
  const left = text.replaceAll(FACTOR, "").replaceAll(/[\s*·.()]/g, "");
  const factors = [...exponents]
    .filter(([, exponent]) => exponent !== 0)
    .map(([symbol, exponent]) => symbol + exponent);
  return [left === "1" ? "" : left, ...factors.sort()].join(" ");
}
