/** Classes of splits: none, and 32 sizes of the lighter part. */
export const SPLIT_CLASSES = 33;

/**
 * The class of a split. Up to 65 nodes every size of the lighter part has its own; of more, sizes share classes.
 *
 * @returns the class, and how many splits are in it
 */
export function splitClass(mass: number, lighter: number): { readonly code: number; readonly width: number } {
  const most = Math.floor(mass / 2);
  if (lighter === 0 || most < SPLIT_CLASSES) return { code: lighter, width: 1 };
  const code = codeOf(lighter, most);
  return { code, width: lastOf(code, most) - lastOf(code - 1, most) };
}

/** How many classes the splits of a node fall into. */
export function splitClasses(mass: number): number {
  return Math.min(Math.floor(mass / 2), SPLIT_CLASSES - 1) + 1;
}

/**
 * A split of a class.
 *
 * @param fraction which of them, from 0 to 1 (exclusive)
 */
export function splitOfClass(mass: number, code: number, fraction: number): number {
  const most = Math.floor(mass / 2);
  if (code === 0 || most < SPLIT_CLASSES) return code;
  const before = lastOf(code - 1, most);
  return before + 1 + Math.floor(fraction * (lastOf(code, most) - before));
}

/** Class of size `lighter` of 1 to `most`. */
function codeOf(lighter: number, most: number): number {
  return Math.ceil((lighter * (SPLIT_CLASSES - 1)) / most);
}

/** Largest size in a class. */
function lastOf(code: number, most: number): number {
  return Math.floor((code * most) / (SPLIT_CLASSES - 1));
}
