import type { MoleculeParts } from "./molecule.js";

/*
 * MDL molfiles, version V2000 (BIOVIA, CTfile Formats): the one text that says which atom is which, so that what comes back can
 * be compared with what was sent.
 */

/** Charges on one `M  CHG` line, by the format. */
const CHARGES_A_LINE = 8;

/** Atom lines without coordinates, which the format asks for and nobody looks at. */
const NOWHERE = "    0.0000    0.0000    0.0000 ";

/** A molecule as a molfile without coordinates. At most 999 atoms and bonds: their numbers have three digits. */
export function molblockOf({ atoms, bonds }: MoleculeParts): string {
  const lines = [
    "",
    "     nextscale",
    "",
    `${digits(atoms.length)}${digits(bonds.length)}  0  0  0  0  0  0  0  0999 V2000`,
  ];
  const charged: string[] = [];
  atoms.forEach(({ element, charge }, i) => {
    lines.push(`${NOWHERE}${element.padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`);
    if (charge !== 0) charged.push(` ${digits(i + 1)} ${digits(charge)}`);
  });
  for (const [a, b, order] of bonds) lines.push(`${digits(a + 1)}${digits(b + 1)}${digits(order)}  0`);
  for (let at = 0; at < charged.length; at += CHARGES_A_LINE) {
    const some = charged.slice(at, at + CHARGES_A_LINE);
    lines.push(`M  CHG${digits(some.length)}${some.join("")}`);
  }
  lines.push("M  END", "");
  return lines.join("\n");
}

/** How many atoms and bonds a molfile says it has; undefined for what is not a V2000 molfile. */
export function molblockCounts(block: string): { readonly atoms: number; readonly bonds: number } | undefined {
  const line = block.split("\n", 4)[3] ?? "";
  const found = /^([ 0-9]{3})([ 0-9]{3}).*V2000\s*$/.exec(line);
  if (found === null || !/^M {2}END\s*$/m.test(block)) return undefined;
  return { atoms: Number(found[1]), bonds: Number(found[2]) };
}

function digits(value: number): string {
  return String(value).padStart(3);
}
