import { NextscaleError } from "@nextscale/engine";
import { cellCount, checkField, HOUR, invalid, type FieldLayout } from "./case.js";

/** Harmonics of the year: annual, half-annual and four-monthly. */
const HARMONICS = 3;

/** Coefficients of a cell: a mean, and a cosine and a sine of each harmonic. */
export const CLIMATOLOGY_TERMS = 1 + 2 * HARMONICS;
const TERMS = CLIMATOLOGY_TERMS;

/** Smallest pivot, as a share of the largest possible, below which the times do not determine the harmonics. */
const SINGULAR = 1e-8;

/** Expected fields by time of year and hour of day. */
export interface Climatology {
  readonly layout: FieldLayout;
  /** By hour of day (UTC): coefficients [term][channel][latitude][longitude], mean, cos, sin, cos 2, sin 2, cos 3, sin 3. */
  readonly coefficients: ReadonlyMap<number, Float64Array>;
}

/** Collects training fields one at a time; memory does not depend on their number. */
export interface ClimatologyFit {
  /** @throws NextscaleError of `checkField` */
  readonly add: (time: number, field: Float32Array) => void;
  /** @throws NextscaleError `invalid-data` when the times of an hour do not determine the harmonics: less than most of a year */
  readonly finish: () => Climatology;
}

interface HourSums {
  /** Normal matrix of all times, [term][term]. */
  readonly matrix: Float64Array;
  /** Right sides, [term][channel][latitude][longitude]. */
  readonly sides: Float64Array;
  /** Part of the normal matrix that a masked value does not belong to, for the few values that are ever masked. */
  readonly masked: Map<number, Float64Array>;
}

/**
 * Fits mean + 3 annual harmonics to every cell, for every hour of day apart, by least squares with streaming normal
 * equations. Unlike a running mean by day it works from about two years on and has no hole on 29 February. Its error at a
 * cell is that of 7 parameters: about 7/n of the variance for n independent times, which biases scores of the training
 * years themselves in its favour. NaN values are left out.
 */
export function fitClimatology(layout: FieldLayout): ClimatologyFit {
  const size = layout.channels.length * cellCount(layout);
  const hours = new Map<number, HourSums>();
  return {
    add(time, field) {
      checkField("weather/fitClimatology", "field", field, layout);
      const basis = yearBasis(time);
      const hour = hourOfDay(time);
      const sums = hours.get(hour) ?? {
        matrix: new Float64Array(TERMS * TERMS),
        sides: new Float64Array(TERMS * size),
        masked: new Map<number, Float64Array>(),
      };
      hours.set(hour, sums);
      addProducts(sums.matrix, basis);
      for (let at = 0; at < size; at++) {
        const value = field[at]!;
        if (Number.isNaN(value)) {
          const part = sums.masked.get(at) ?? new Float64Array(TERMS * TERMS);
          sums.masked.set(at, part);
          addProducts(part, basis);
          continue;
        }
        for (let term = 0; term < TERMS; term++) sums.sides[term * size + at]! += basis[term]! * value;
      }
    },
    finish() {
      if (hours.size === 0) throw invalid("weather/fitClimatology", "at least one field", "none");
      const coefficients = new Map([...hours].map(([hour, sums]) => [hour, solveHour(hour, sums, size)]));
      return { layout, coefficients };
    },
  };
}

/**
 * The climatological field of a time, in the channels' units; NaN where a cell was masked too often.
 *
 * @param time milliseconds since 1970-01-01 UTC
 * @throws NextscaleError `invalid-argument` for an hour of day that was not fitted
 */
export function climatologyAt(climatology: Climatology, time: number): Float32Array {
  const hour = hourOfDay(time);
  const terms = climatology.coefficients.get(hour);
  if (terms === undefined) {
    const known = [...climatology.coefficients.keys()].join(", ");
    throw invalid("weather/climatologyAt", `an hour of day among ${known}`, `${hour}`);
  }
  const basis = yearBasis(time);
  const size = terms.length / TERMS;
  return Float32Array.from({ length: size }, (_, at) => {
    let value = 0;
    for (let term = 0; term < TERMS; term++) value += basis[term]! * terms[term * size + at]!;
    return value;
  });
}

/** 1, cos t, sin t, cos 2t, ... with t the share of the year that has passed, as an angle: also right in leap years. */
function yearBasis(time: number): Float64Array {
  if (!Number.isFinite(time)) throw invalid("weather/climatology", "a time in milliseconds", `${time}`);
  const year = new Date(time).getUTCFullYear();
  const [start, end] = [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  const angle = (2 * Math.PI * (time - start)) / (end - start);
  return Float64Array.from({ length: TERMS }, (_, term) => {
    const harmonic = Math.ceil(term / 2) * angle;
    return term % 2 === 0 && term > 0 ? Math.sin(harmonic) : Math.cos(harmonic);
  });
}

export function hourOfDay(time: number): number {
  return (((time / HOUR) % 24) + 24) % 24;
}

function addProducts(matrix: Float64Array, basis: Float64Array): void {
  for (let i = 0; i < TERMS; i++) for (let j = 0; j < TERMS; j++) matrix[i * TERMS + j]! += basis[i]! * basis[j]!;
}

function solveHour(hour: number, { matrix, sides, masked }: HourSums, size: number): Float64Array {
  const shared = cholesky(matrix);
  if (shared === undefined) {
    throw new NextscaleError({
      code: "invalid-data",
      where: "weather/fitClimatology",
      expected: `times of hour ${hour} that are spread over the year`,
      got: `${matrix[0]} that do not determine ${HARMONICS} harmonics`,
      fix: "add at least a year of fields",
    });
  }
  const terms = new Float64Array(sides.length);
  const side = new Float64Array(TERMS);
  for (let at = 0; at < size; at++) {
    const part = masked.get(at);
    const factor = part === undefined ? shared : cholesky(matrix.map((value, i) => value - part[i]!));
    for (let term = 0; term < TERMS; term++) side[term] = sides[term * size + at]!;
    if (factor === undefined) side.fill(Number.NaN);
    else solveInPlace(factor, side);
    for (let term = 0; term < TERMS; term++) terms[term * size + at] = side[term]!;
  }
  return terms;
}

/** Lower triangular factor; undefined when the matrix is singular to rounding. */
function cholesky(matrix: Float64Array): Float64Array | undefined {
  const factor = new Float64Array(TERMS * TERMS);
  for (let i = 0; i < TERMS; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * TERMS + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * TERMS + k]! * factor[j * TERMS + k]!;
      if (i === j && !(sum > SINGULAR * matrix[0]!)) return undefined;
      factor[i * TERMS + j] = i === j ? Math.sqrt(sum) : sum / factor[j * TERMS + j]!;
    }
  }
  return factor;
}

/** Solves L Lᵀ x = b. */
function solveInPlace(factor: Float64Array, x: Float64Array): void {
  for (let i = 0; i < TERMS; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * TERMS + k]! * x[k]!;
    x[i]! /= factor[i * TERMS + i]!;
  }
  for (let i = TERMS - 1; i >= 0; i--) {
    for (let k = i + 1; k < TERMS; k++) x[i]! -= factor[k * TERMS + i]! * x[k]!;
    x[i]! /= factor[i * TERMS + i]!;
  }
}
