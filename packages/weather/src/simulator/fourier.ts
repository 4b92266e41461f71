/*
 * Fourier transforms of many series at once: Stockham's algorithm, which needs no reordering, by factors of 4 and one
 * plain sum for what is left (64 points are 4 x 4 x 4, 144 are 4 x 4 x 9). Arrays are [point][series], so that all series go
 * through a butterfly in a run and its factors are read once for all.
 *
 * In loops as long as these each variable is declared by itself: V8 allocates for `const [a, b] = ...`.
 */

/** Factors, and room to work in, for one size. */
export interface FourierPlan {
  readonly points: number;
  /** How many series go together. */
  readonly series: number;
  readonly stages: readonly Stage[];
  readonly scratch: ComplexArray;
}

/** Real and imaginary parts. */
export interface ComplexArray {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

interface Stage {
  readonly radix: number;
  /** How many butterflies differ in their factors, and how many series go through each. */
  readonly groups: number;
  readonly run: number;
  /** Pairs cos, sin: of each group for radix 4, of each multiple of a turn over the radix for the last sum. */
  readonly factors: Float64Array;
}

/** A plan for series of any number of points. */
export function fourierPlan(points: number, series: number): FourierPlan {
  const stages: Stage[] = [];
  let left = points;
  let run = series;
  for (; left % 4 === 0; left /= 4, run *= 4) {
    const turns = Array.from({ length: left / 4 }, (_, group) => [group, 2 * group, 3 * group]).flat();
    stages.push({ radix: 4, groups: left / 4, run, factors: circlePoints(turns, left) });
  }
  if (left > 1) {
    const turns = Array.from({ length: left }, (_, turn) => turn);
    stages.push({ radix: left, groups: 1, run, factors: circlePoints(turns, left) });
  }
  return { points, series, stages, scratch: complexArray(points * series) };
}

/** Zeros. */
export function complexArray(length: number): ComplexArray {
  return { real: new Float64Array(length), imaginary: new Float64Array(length) };
}

/** Pairs cos, sin of 2 pi turn / whole. */
function circlePoints(turns: readonly number[], whole: number): Float64Array {
  return Float64Array.from(
    turns.flatMap((turn) => {
      const angle = (2 * Math.PI * (turn % whole)) / whole;
      return [Math.cos(angle), Math.sin(angle)];
    }),
  );
}

/** out(j) = sum over k of x(k) exp(2 pi i j k / points), for each series; `x` stays as it is, `out` is another array. */
export function sumWaves(plan: FourierPlan, x: ComplexArray, out: ComplexArray): void {
  let from = x;
  plan.stages.forEach((stage, i) => {
    // Backwards from the last stage, which writes to `out`, every other one does.
    const to = (plan.stages.length - i) % 2 === 1 ? out : plan.scratch;
    if (stage.radix === 4) fourWays(stage, from, to);
    else plainSums(stage, from, to);
    from = to;
  });
  if (from === x) {
    out.real.set(x.real);
    out.imaginary.set(x.imaginary);
  }
}

/** One stage of radix 4. */
function fourWays({ groups, run, factors }: Stage, from: ComplexArray, to: ComplexArray): void {
  const { real, imaginary } = from;
  const { real: outReal, imaginary: outImaginary } = to;
  const quarter = groups * run;
  let i = 0;
  let o = 0;
  for (let group = 0; group < groups; group++) {
    const f = 6 * group;
    const c1 = factors[f]!;
    const s1 = factors[f + 1]!;
    const c2 = factors[f + 2]!;
    const s2 = factors[f + 3]!;
    const c3 = factors[f + 4]!;
    const s3 = factors[f + 5]!;
    for (const end = i + run; i < end; i++, o++) {
      const ar = real[i]!;
      const ai = imaginary[i]!;
      const br = real[i + quarter]!;
      const bi = imaginary[i + quarter]!;
      const cr = real[i + 2 * quarter]!;
      const ci = imaginary[i + 2 * quarter]!;
      const dr = real[i + 3 * quarter]!;
      const di = imaginary[i + 3 * quarter]!;
      const sumReal = ar + cr;
      const sumImaginary = ai + ci;
      const otherReal = br + dr;
      const otherImaginary = bi + di;
      outReal[o] = sumReal + otherReal;
      outImaginary[o] = sumImaginary + otherImaginary;
      const r2 = sumReal - otherReal;
      const i2 = sumImaginary - otherImaginary;
      outReal[o + 2 * run] = c2 * r2 - s2 * i2;
      outImaginary[o + 2 * run] = c2 * i2 + s2 * r2;
      // i (b - d)
      const turnedReal = di - bi;
      const turnedImaginary = br - dr;
      const r1 = ar - cr + turnedReal;
      const i1 = ai - ci + turnedImaginary;
      outReal[o + run] = c1 * r1 - s1 * i1;
      outImaginary[o + run] = c1 * i1 + s1 * r1;
      const r3 = ar - cr - turnedReal;
      const i3 = ai - ci - turnedImaginary;
      outReal[o + 3 * run] = c3 * r3 - s3 * i3;
      outImaginary[o + 3 * run] = c3 * i3 + s3 * r3;
    }
    o += 3 * run;
  }
}

/** The last stage, of any radix: the sum as it is written. */
function plainSums({ radix, run, factors }: Stage, from: ComplexArray, to: ComplexArray): void {
  to.real.fill(0);
  to.imaginary.fill(0);
  for (let j = 0; j < radix; j++) {
    for (let k = 0; k < radix; k++) {
      const turn = 2 * ((j * k) % radix);
      const cosine = factors[turn]!;
      const sine = factors[turn + 1]!;
      for (let i = k * run, o = j * run; o < (j + 1) * run; i++, o++) {
        to.real[o] = to.real[o]! + cosine * from.real[i]! - sine * from.imaginary[i]!;
        to.imaginary[o] = to.imaginary[o]! + cosine * from.imaginary[i]! + sine * from.real[i]!;
      }
    }
  }
}
