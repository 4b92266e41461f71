import { HOUR, type FieldLayout } from "../verification/case.js";

/** Fields at regular times, held in memory: what a model is trained on. */
export interface FieldSeries {
  readonly name: string;
  /** SHA-256 of what it was made from. */
  readonly hash: string;
  readonly layout: FieldLayout;
  /** Hours between successive fields. */
  readonly stepHours: number;
  /** Ascending, milliseconds since 1970-01-01 UTC. A gap ends a stretch of successive fields. */
  readonly times: Float64Array;
  /** [time][latitude][longitude][channel], in the channels' units. */
  readonly fields: Float32Array;
  /** Fields that never change [latitude][longitude][statics]. */
  readonly statics: Float32Array;
}

/** Values in one field. */
export function fieldSize({ layout }: Pick<FieldSeries, "layout">): number {
  return layout.channels.length * layout.grid.latitudes.length * layout.grid.longitudes.length;
}

/** Positions of the fields that have a predecessor and a successor one step away: where a forecast can be learned. */
export function learnable({ times, stepHours }: FieldSeries): Int32Array {
  const step = stepHours * HOUR;
  const inner = Array.from(times.keys()).slice(1, -1);
  return Int32Array.from(inner.filter((i) => times[i]! - times[i - 1]! === step && times[i + 1]! - times[i]! === step));
}
