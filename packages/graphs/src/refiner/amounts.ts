/** Features of a number: which of some amounts it is, the first also where it is less, the last also where it is more. */
export function amountFeatures(amounts: readonly number[], amount: number): number[] {
  const nearest = Math.max(amounts[0]!, Math.min(amounts.at(-1)!, amount));
  return amounts.map((one) => Number(one === nearest));
}
