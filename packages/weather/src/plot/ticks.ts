/** Powers of ten alone, with superscripts beyond 0.01 and 100; the other ticks are lines without a number. */
export function powerTick(value: number): string {
  const exponent = Math.round(Math.log10(value));
  if (Math.abs(value / 10 ** exponent - 1) > 1e-9) return "";
  if (Math.abs(exponent) <= 2) return (10 ** exponent).toFixed(Math.max(0, -exponent));
  return `10${Array.from(`${exponent}`, (sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;
}

/** 1, 2, 5, 10, 20, 50 and so on; the other ticks are lines without a number. */
export function numberTick(value: number): string {
  return /^[125]0*$/.test(`${value}`) ? `${value}` : "";
}
