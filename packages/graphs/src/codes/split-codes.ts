import type { IntegerSource } from "@nextscale/refinement-core";
import { logFactorialsUpTo } from "../math/log-factorials.js";
import { compareFormulas, massOf, type Formula } from "../pyramid/formula.js";
import { classOfSize, sizesOfClass, SPLIT_CLASSES, splitClasses } from "./split-classes.js";

/**
 * The codes of what becomes of a node. First come classes of the size of its lighter part, of which the nodes are a random part of the node's;
 * then formulas of lighter parts that are frequent enough for codes of their own. A split can come about in both ways, so its
 * probability is the sum of the two.
 */
export interface SplitCodes {
  readonly count: number;
  /** Formulas that have a code of their own; the first has code 33. */
  readonly formulas: readonly Formula[];
  /** The code of a lighter part: its own where it has one. */
  codeOf(mass: number, lighter: Formula): number;
  /** Which codes a node can have, 1 or 0, [count]. */
  possible(formula: Formula): Uint8Array;
  /** A lighter part of a code. */
  draw(formula: Formula, code: number, draw: IntegerSource): Formula;
  /** Probability of a lighter part. @param row probabilities of the codes */
  probability(row: ArrayLike<number>, formula: Formula, lighter: Formula): number;
}

/** @param divisions lighter parts with codes of their own */
export function splitCodes(divisions: readonly (readonly number[])[]): SplitCodes {
  const formulas = divisions.map((counts) => Int32Array.from(counts));
  const own = new Map(formulas.map((formula, i) => [formula.join(), SPLIT_CLASSES + i]));
  const count = SPLIT_CLASSES + formulas.length;
  return {
    count,
    formulas,
    codeOf: (mass, lighter) => own.get(lighter.join()) ?? classOfSize(mass, massOf(lighter)),
    possible(formula) {
      const classes = splitClasses(massOf(formula));
      return Uint8Array.from({ length: count }, (_, code) => {
        return Number(code < SPLIT_CLASSES ? code < classes : isLighterPart(formulas[code - SPLIT_CLASSES]!, formula));
      });
    },
    draw(formula, code, draw) {
      if (code >= SPLIT_CLASSES) return formulas[code - SPLIT_CLASSES]!;
      const { least, width } = sizesOfClass(massOf(formula), code);
      const part = randomPart(formula, least + draw(width), draw);
      return isLighterPart(part, formula) ? part : restOf(part, formula);
    },
    probability(row, formula, lighter) {
      const [mass, size] = [massOf(formula), massOf(lighter)];
      const code = classOfSize(mass, size);
      const byClass = (row[code]! / sizesOfClass(mass, code).width) * Math.exp(logChance(formula, lighter));
      const known = own.get(lighter.join());
      return known === undefined ? byClass : byClass + row[known]!;
    },
  };
}

/** Whether a formula is the second of two siblings of which a node is made. */
function isLighterPart(part: Formula, formula: Formula): boolean {
  return part.every((count, label) => count <= formula[label]!) && compareFormulas(restOf(part, formula), part) <= 0;
}

function restOf(part: Formula, formula: Formula): Formula {
  return formula.map((count, label) => count - part[label]!);
}

/** So many nodes of a formula, each as likely as any other. */
function randomPart(formula: Formula, size: number, draw: IntegerSource): Formula {
  const left = formula.slice();
  for (let taken = 0, all = massOf(formula); taken < size; taken++) {
    let at = draw(all - taken);
    const label = left.findIndex((count) => (at -= count) < 0);
    left[label]! -= 1;
  }
  return restOf(left, formula);
}

/** Logarithm of the probability that a random part is this one, or, of one mass, the rest of this one. */
function logChance(formula: Formula, part: Formula): number {
  const logs = logFactorialsUpTo(massOf(formula));
  const logChoices = (of: number, count: number) => logs[of]! - logs[count]! - logs[of - count]!;
  const ways = formula.reduce((sum, count, label) => sum + logChoices(count, part[label]!), 0);
  const eitherWay = 2 * massOf(part) === massOf(formula) && compareFormulas(restOf(part, formula), part) !== 0;
  return ways - logChoices(massOf(formula), massOf(part)) + (eitherWay ? Math.LN2 : 0);
}
