/** Classes of the sizes that the lighter part of a split can have: none, and 32 of others. */
export const SPLIT_CLASSES = 33;

/** The sizes in a class: so many, from the least on. */
export interface SizeClass {
  readonly least: number;
  readonly width: number;
}

/** The class of a size. Up to 65 nodes every size of the lighter part has its own; of more, sizes share classes. */
export function classOfSize(mass: number, lighter: number): number {
  const most = Math.floor(mass / 2);
  return lighter === 0 || most < SPLIT_CLASSES ? lighter : Math.ceil((lighter * (SPLIT_CLASSES - 1)) / most);
}

/** How many classes the splits of a node fall into. */
export function splitClasses(mass: number): number {
  return Math.min(Math.floor(mass / 2), SPLIT_CLASSES - 1) + 1;
}

/** The sizes of a class. */
export function sizesOfClass(mass: number, code: number): SizeClass {
  const most = Math.floor(mass / 2);
  if (code === 0 || most < SPLIT_CLASSES) return { least: code, width: 1 };
  const lastOf = (c: number) => Math.floor((c * most) / (SPLIT_CLASSES - 1));
  return { least: lastOf(code - 1) + 1, width: lastOf(code) - lastOf(code - 1) };
}
