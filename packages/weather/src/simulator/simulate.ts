import { NextscaleError } from "@nextscale/engine";
import { normals, randomStream } from "@nextscale/refinement-core";
import type { ModelParameters } from "./parameters.js";
import { outputFields } from "./outputs.js";
import { LEVELS, quasiGeostrophicModel, YEAR, type QuasiGeostrophicModel } from "./quasi-geostrophic.js";
import { refused } from "./refused.js";
import { adamsBashforth, type Integration } from "./time-stepping.js";

/**
 * Steps of half an hour: an hour's multiples are whole numbers of steps. Their error of a day is that of a perturbation of
 * 0.04 m2/s2 in z500. Winds reach 140 m/s at moments, so longer steps would come near the limit of stability.
 */
export const STEPS_PER_DAY = 48;

/** A moment of a run. */
export interface Snapshot {
  /** Hours since the run began to be written, or of forecast. */
  readonly hours: number;
  /** Days since the middle of the northern winter of year 0; the season is this modulo 365.2425. */
  readonly day: number;
  /** z500 (m2/s2), t350 and t650 (K): [channel][latitude][longitude], 3 x 32 x 64, south to north. */
  readonly fields: Float32Array<ArrayBuffer>;
  /** Potential vorticity as the model lays it out, 1/s: what `perfectEnsemble` begins from. */
  readonly state: Float64Array;
}

/** What to simulate: `days` or `years` of 365.2425 days. */
export type SimulateOptions = {
  readonly seed: number | bigint;
  /** Hours between snapshots, an integer. Default 6. */
  readonly hoursBetween?: number;
  /** Days that are simulated first and not written, an integer. Default 200. */
  readonly spinUpDays?: number;
  /** Departures from `TUNED_PARAMETERS`. */
  readonly parameters?: Partial<ModelParameters>;
} & ({ readonly days: number } | { readonly years: number });

/**
 * A run of the model from a state that the seed draws, one snapshot at a time: nothing is kept, so a run can be of any
 * length. The first snapshot is at hour 0 in the middle of a northern winter, the last `days` later, if a snapshot falls
 * there. The same seed gives the same bits on one JavaScript engine. To stop early leave the loop, or call
 * `return`: the run goes no further than the snapshot it is asked for.
 *
 * @throws NextscaleError `invalid-argument` for an option outside its range, when called; while it runs, for
 *   parameters with which the wind grows until numbers overflow
 */
export function simulate(options: SimulateOptions): Generator<Snapshot, void> {
  const { seed, hoursBetween = 6, spinUpDays = 200 } = options;
  const days = "days" in options ? options.days : options.years * YEAR;
  if (!(days >= 0 && days < Infinity)) throw refused("simulate", "a length of 0 days or more", `${days}`);
  requireHours("simulate", hoursBetween);
  if (!(Number.isInteger(spinUpDays) && spinUpDays >= 0)) {
    throw refused("simulate", "spinUpDays to be an integer from 0", `${spinUpDays}`);
  }
  const model = quasiGeostrophicModel(options.parameters);
  const state = initialState(model, seed);
  return snapshots(model, state, {
    startDay: -spinUpDays,
    skippedHours: 24 * spinUpDays,
    hours: 24 * days,
    hoursBetween,
  });
}

/** What part of a run to write. */
interface Span {
  readonly startDay: number;
  readonly skippedHours: number;
  readonly hours: number;
  readonly hoursBetween: number;
}

/** A run from a state, a snapshot every few hours. */
export function* snapshots(model: QuasiGeostrophicModel, state: Float64Array, span: Span): Generator<Snapshot, void> {
  const run = adamsBashforth(model, state, span.startDay, STEPS_PER_DAY);
  const advance = (hours: number): void => {
    for (let step = 0; step < (hours * STEPS_PER_DAY) / 24; step++) run.advance();
  };
  advance(span.skippedHours);
  for (let hours = 0; hours <= span.hours; hours += span.hoursBetween) {
    if (hours > 0) advance(span.hoursBetween);
    requireFinite(run);
    yield { hours, day: run.day(), fields: outputFields(model, run.state), state: run.state.slice() };
  }
}

/** A wind too strong for the step grows without bound; better an error than fields of NaN. */
function requireFinite(run: Integration): void {
  if (run.state.every(Number.isFinite)) return;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "weather/simulate",
    expected: "parameters and a state whose run stays finite",
    got: `values that are not finite by day ${run.day()}`,
    fix: "weaken the equilibrium shears or strengthen drag and diffusion",
  });
}

/** Wind of the noise that a run begins with at each level, m/s. */
const INITIAL_WIND = 3;

/** A still atmosphere with waves of total wavenumber 1 to 8 in it, which the forcing then wakes. */
function initialState(model: QuasiGeostrophicModel, seed: number | bigint): Float64Array {
  const psi = randomStreamFunction(model, randomStream(seed, "weather/simulate"), 0, 8);
  const { degrees } = model.harmonics;
  const level = 2 * model.harmonics.count;
  // Mean square of the gradient of each coefficient's wave, summed: the square of the wind.
  let square = 0;
  degrees.forEach((n, i) => (square += n >= 1 && n <= 8 ? (model.harmonics.orders[i] === 0 ? 1 : 2) : 0));
  const scale = (INITIAL_WIND * model.parameters.radius) / Math.sqrt(square);
  return model.potentialVorticity(psi.map((value, i) => (i % level < 2 ? 0 : scale * value)));
}

/**
 * Independent noise at each level with the same kinetic energy in every coefficient of total wavenumber 1 to `last`:
 * normals over sqrt(n(n + 1)); a complex coefficient has mean square 1 / (n(n + 1)).
 */
export function randomStreamFunction(
  { harmonics, size }: QuasiGeostrophicModel,
  stream: ReturnType<typeof randomStream>,
  item: number,
  last: number,
): Float64Array {
  const { count, degrees, orders } = harmonics;
  const draws = normals(stream, { items: { first: item, count: 1 }, sites: LEVELS, draws: 2 * count });
  return Float64Array.from({ length: size }, (_, i) => {
    const at = (i >> 1) % count;
    const [n, m] = [degrees[at]!, orders[at]!];
    if (n === 0 || n > last) return 0;
    // Order 0 is real; a complex coefficient shares its variance between two parts.
    const share = m === 0 ? 1 - (i % 2) : Math.SQRT1_2;
    return (share * draws[i]!) / Math.sqrt(n * (n + 1));
  });
}

/** @throws NextscaleError `invalid-argument` for hours that are not a positive integer */
export function requireHours(name: string, hoursBetween: number): void {
  if (Number.isInteger(hoursBetween) && hoursBetween > 0) return;
  throw refused(name, "hoursBetween to be a positive integer", `${hoursBetween}`);
}
