import { randomStream } from "@nextscale/refinement-core";
import { balanceFactors } from "./outputs.js";
import type { ModelParameters } from "./parameters.js";
import { quasiGeostrophicModel, type QuasiGeostrophicModel } from "./quasi-geostrophic.js";
import { refused, requireLength } from "./refused.js";
import { randomStreamFunction, requireHours, snapshots, type Snapshot } from "./simulate.js";

/** Noise of a state: whose, and how much. */
export interface StateNoise {
  readonly seed: number | bigint;
  /** Which draw of the seed. */
  readonly member: number;
  /** Standard deviation of the noise in z500, m2/s2, root mean square over the globe. */
  readonly size: number;
}

/**
 * A state plus Gaussian noise of known covariance: isotropic, independent at the three levels, with the same kinetic energy
 * in every coefficient up to T21.
 *
 * @throws NextscaleError `shape` for a state of another length; `invalid-argument` for a negative size
 */
export function perturbState(model: QuasiGeostrophicModel, state: Float64Array, noise: StateNoise): Float64Array {
  requireLength("perturbState", "a state", state, model.size);
  if (!(noise.size >= 0 && noise.size < Infinity)) {
    throw refused("perturbState", "a size of 0 m2/s2 or more", `${noise.size}`);
  }
  const stream = randomStream(noise.seed, "weather/perfect-ensemble");
  const psi = randomStreamFunction(model, stream, noise.member, model.harmonics.truncation);
  const scale = noise.size / geopotentialOfUnitNoise(model);
  const added = model.potentialVorticity(psi.map((value) => scale * value));
  return state.map((value, i) => value + added[i]!);
}

/** Standard deviation in m2/s2 of the geopotential in balance with `randomStreamFunction`, before scaling. */
function geopotentialOfUnitNoise({ harmonics, parameters }: QuasiGeostrophicModel): number {
  const meanSquare = (n: number): number => (n > 0 ? 1 / (n * (n + 1)) : 0);
  let square = 0;
  harmonics.degrees.forEach((n, i) => {
    // Coefficients are independent, so squares add.
    const { below, above } = balanceFactors(harmonics, i);
    square += (harmonics.orders[i] === 0 ? 1 : 2) * (below ** 2 * meanSquare(n - 1) + above ** 2 * meanSquare(n + 1));
  });
  return parameters.rotation * Math.sqrt(square);
}

/** What `perfectEnsemble` needs. */
export interface PerfectEnsembleOptions {
  /** The analysis: `state` and `day` of a snapshot of `simulate`. */
  readonly from: Pick<Snapshot, "state" | "day">;
  readonly seed: number | bigint;
  /** How many members; a member is the same whatever their number. */
  readonly members: number;
  /** Standard deviation of the noise in z500, m2/s2. */
  readonly size: number;
  /** Length of the forecast. */
  readonly days: number;
  /** Hours between forecasts, an integer. Default 6. */
  readonly hoursBetween?: number;
  /** The parameters of the run that `from` comes from. */
  readonly parameters?: Partial<ModelParameters>;
}

/** All members at one lead time. */
export interface EnsembleForecast {
  readonly leadHours: number;
  /** [member][channel][latitude][longitude], channels and units of `Snapshot`. */
  readonly fields: Float32Array<ArrayBuffer>;
}

/**
 * The ensemble that knows the model: each member begins from the analysis plus noise and runs the model itself. Because the
 * noise's covariance is known, no forecast from the same analysis error can be better calibrated. Goes through the lead
 * times, from 0, with all members side by side.
 *
 * @throws NextscaleError `invalid-argument` for an option outside its range, `shape` for a state that is not the model's,
 *   when called
 */
export function perfectEnsemble(options: PerfectEnsembleOptions): Generator<EnsembleForecast, void> {
  const { from, seed, members, size, days, hoursBetween = 6 } = options;
  if (!(Number.isInteger(members) && members > 0)) {
    throw refused("perfectEnsemble", "members to be a positive integer", `${members}`);
  }
  if (!Number.isFinite(from.day)) throw refused("perfectEnsemble", "a state of a finite day", `${from.day}`);
  if (!(days >= 0 && days < Infinity)) throw refused("perfectEnsemble", "a length of 0 days or more", `${days}`);
  requireHours("perfectEnsemble", hoursBetween);
  const model = quasiGeostrophicModel(options.parameters);
  const runs = Array.from({ length: members }, (_, member) => {
    const state = perturbState(model, from.state, { seed, member, size });
    return snapshots(model, state, { startDay: from.day, skippedHours: 0, hours: 24 * days, hoursBetween });
  });
  return sideBySide(runs);
}

function* sideBySide(runs: readonly Generator<Snapshot, void>[]): Generator<EnsembleForecast, void> {
  for (;;) {
    const now = runs.map((run) => run.next().value).filter((snapshot) => snapshot !== undefined);
    if (now.length === 0) return;
    const [first] = now as [Snapshot, ...Snapshot[]];
    const fields = new Float32Array(now.length * first.fields.length);
    now.forEach((snapshot, member) => fields.set(snapshot.fields, member * first.fields.length));
    yield { leadHours: first.hours, fields };
  }
}
