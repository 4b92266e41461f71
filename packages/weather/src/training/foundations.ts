import { NextscaleError, type Engine, type NamedArrays } from "@nextscale/engine";
import type { WeatherModelConfig, WeatherPreset } from "../config/config.js";
import { cellCount } from "../verification/case.js";
import { missedProgram } from "./missed-program.js";
import { gridConfig } from "../model/grid-from.js";
import { zonalDeviations } from "../model/stability.js";
import { fieldSize, learnable, type FieldSeries } from "./field-series.js";
import { fitHead } from "./fit-head.js";
import type { FittedScale } from "./fit-quantiser.js";
import { fitRidge } from "./fit-ridge.js";
import { climatologyWeights } from "../model/field-scaling.js";
import type { Climatology } from "../verification/climatology.js";
import { fitScaling } from "./fit-scaling.js";

/** Everything of a model that is fitted in closed form, before its network is trained. */
export interface Foundations {
  readonly config: WeatherModelConfig;
  /** By the names of `WeatherWeights`, without the network's. */
  readonly tensors: NamedArrays;
  /** Regressions for training, one fitted on each half of the data, [H, predictors, 2 C]; none for persistence. */
  readonly folds: readonly Float32Array[];
  /** What was fitted to each scale, of a head that has such. */
  readonly fitted: readonly FittedScale[];
  /** The series in deviations from the mean. */
  readonly states: Float32Array;
  /** Positions in the series that have a predecessor and a successor. */
  readonly items: Int32Array;
}

/** Items that a regression is fitted to: more change it by less than its own noise. */
const RIDGE_ITEMS = 3000;
/** Items that the head and the scale of what the anchor misses are fitted to. */
const QUANTISER_ITEMS = 512;
const BATCH = 16;

/**
 * Fits scales, anchor and quantiser to a series: a function of it alone.
 *
 * @throws NextscaleError `invalid-data` for a series with masked cells or of fewer than a few hundred steps
 */
export async function fitFoundations(engine: Engine, preset: WeatherPreset, series: FieldSeries): Promise<Foundations> {
  const items = requireItems(series);
  const { layout, stepHours } = series;
  const { anchor, pyramid, network, truncation } = preset.model;
  const scaling = fitScaling(series);
  const { states } = scaling;
  const climatology = climatologyWeights(scaling.scale.climatology);
  const statics = staticFields(series, scaling.scale.climatology);
  const size = fieldSize(series);
  const triple = (item: number) => states.subarray((item - 1) * size, (item + 2) * size);
  const halves = [items.subarray(0, items.length / 2), items.subarray(items.length / 2)] as const;
  // Root mean square of amplitudes from 0 to `inputNoise`.
  const noise = preset.training.inputNoise / Math.sqrt(3);
  const ridge =
    anchor.kind === "persistence"
      ? undefined
      : await fitRidge(
          engine,
          { grid: layout.grid, neighbourhood: anchor, channels: layout.channels.length, perChange: scaling.perChange, states: triple, noise }, // prettier-ignore
          [spread(halves[0], RIDGE_ITEMS / 2), spread(halves[1], RIDGE_ITEMS / 2)],
        );
  const folds = ridge === undefined ? [] : [ridge.folds];
  const sample = Array.from(spread(items, QUANTISER_ITEMS), (item) => ({
    states: triple(item),
    fold: item < halves[1][0]! ? 0 : 1,
  }));
  const missed = await missedByAnchor(engine, { anchor, layout, folds, perChange: scaling.perChange }, sample);
  const innovation = rootMeanSquares(missed, layout);
  missed.forEach((value, at) => (missed[at] = value / innovation[at % innovation.length]!));
  const coded = { grid: layout.grid, channels: layout.channels.length, pyramid };
  const head = await fitHead(engine, preset.model.head, coded, missed);
  return {
    folds,
    fitted: head.fitted,
    states,
    items,
    config: {
      grid: gridConfig(layout.grid),
      channels: [...layout.channels],
      statics: statics.length / cellCount(layout),
      stepHours,
      hours: climatology.hours,
      ...(truncation === undefined ? {} : { truncation }),
      anchor,
      pyramid,
      head: head.config,
      sharpness: [1, ...pyramid.factors.map(() => 1)],
      network,
    },
    tensors: {
      climatology: climatology.values,
      "scaling/deviation": scaling.deviation,
      "scaling/perChange": scaling.perChange,
      "scaling/innovation": innovation,
      "scaling/limit": scaling.limit,
      ...(truncation === undefined
        ? {}
        : { "scaling/response/0": new Float32Array((truncation + 1) * layout.channels.length).fill(1) }),
      "scaling/zonal": meanZonalDeviations(states, layout, spread(items, QUANTISER_ITEMS)),
      "scaling/statics": statics,
      ...(ridge === undefined ? {} : { "anchor/0": ridge.weights }),
      ...head.tensors,
    },
  };
}

function requireItems(series: FieldSeries): Int32Array {
  const items = learnable(series);
  const finite = series.fields.every(Number.isFinite);
  if (items.length >= QUANTISER_ITEMS && finite) return items;
  throw new NextscaleError({
    code: "invalid-data",
    where: "weather/training",
    expected: `${QUANTISER_ITEMS} or more fields without masked cells, each with neighbours ${series.stepHours} hours before and after`,
    got: finite ? `${items.length} in ${series.name}` : `values in ${series.name} that are not finite`,
    fix: "take more years of data, or fill what is masked",
  });
}

/** At most `count` of the items, evenly spread. */
function spread(items: Int32Array, count: number): Int32Array {
  if (items.length <= count) return items;
  return Int32Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}

/**
 * What the network sees besides the state: sine and cosine of the latitude, the mean fields, each brought to mean 0 and deviation
 * 1, and the series' own static fields, [latitude][longitude][statics].
 */
function staticFields({ layout, statics: own }: FieldSeries, { coefficients }: Climatology): Float32Array {
  const { latitudes, longitudes } = layout.grid;
  const cells = cellCount(layout);
  const latitudeOf = (cell: number) => (latitudes[Math.floor(cell / longitudes.length)]! * Math.PI) / 180;
  // The first coefficient of every cell, of any hour, is its mean over the year.
  const [mean] = coefficients.values();
  const means = layout.channels.map((_, channel) => standardised(cells, (cell) => mean![channel * cells + cell]!));
  const extra = own.length / cells;
  const fields = [
    (cell: number) => Math.sin(latitudeOf(cell)),
    (cell: number) => Math.cos(latitudeOf(cell)),
    ...means.map((field) => (cell: number) => field[cell]!),
    ...Array.from({ length: extra }, (_, i) => (cell: number) => own[cell * extra + i]!),
  ];
  return Float32Array.from({ length: cells * fields.length }, (_, at) => {
    return fields[at % fields.length]!(Math.floor(at / fields.length));
  });
}

function standardised(cells: number, valueOf: (cell: number) => number): Float64Array {
  const values = Float64Array.from({ length: cells }, (_, cell) => valueOf(cell));
  const mean = values.reduce((sum, value) => sum + value, 0) / cells;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cells);
  return values.map((value) => (value - mean) / (deviation || 1));
}

/** What the anchor misses of some next states, [N, H, W, C], in deviations; by regressions that have not seen them. */
async function missedByAnchor(
  engine: Engine,
  {
    anchor,
    layout,
    folds,
    perChange,
  }: Pick<Foundations, "folds"> & {
    readonly anchor: WeatherPreset["model"]["anchor"];
    readonly layout: FieldSeries["layout"];
    readonly perChange: Float32Array;
  },
  sample: readonly { readonly states: Float32Array; readonly fold: number }[],
): Promise<Float32Array> {
  const program = missedProgram(anchor, layout, BATCH);
  const constants = { perChange, ...(folds[0] === undefined ? {} : { "folds/0": folds[0] }) };
  const executable = await engine.compile(program, { constants });
  try {
    const size = sample[0]!.states.length / 3;
    const used = Math.floor(sample.length / BATCH) * BATCH;
    const missed = new Float32Array(used * size);
    const states = new Float32Array(BATCH * 3 * size);
    for (let first = 0; first < used; first += BATCH) {
      const batch = sample.slice(first, first + BATCH);
      batch.forEach((item, i) => states.set(item.states, i * 3 * size));
      const fold = Float32Array.from(batch, (item) => item.fold);
      missed.set((await executable.run({ states, fold }))["missed"] as Float32Array, first * size);
    }
    return missed;
  } finally {
    await executable.close();
  }
}

/** Area-weighted root mean square of each channel of fields [N, H, W, C]. */
function rootMeanSquares(fields: Float32Array, { grid, channels }: FieldSeries["layout"]): Float32Array {
  const row = grid.longitudes.length * channels.length;
  const rows = grid.latitudes.length;
  const sums = new Float64Array(channels.length);
  fields.forEach((value, at) => {
    sums[at % channels.length]! += grid.areaWeights[Math.floor(at / row) % rows]! * value * value;
  });
  return Float32Array.from(sums, (sum) => Math.sqrt((sum * channels.length) / fields.length));
}

/** Mean over some times of the deviation along rows, by channel. */
function meanZonalDeviations(states: Float32Array, layout: FieldSeries["layout"], times: Int32Array): Float32Array {
  const channels = layout.channels.length;
  const size = channels * cellCount(layout);
  const sums = new Float32Array(channels);
  for (const time of times) {
    const field = states.subarray(time * size, (time + 1) * size);
    const deviations = zonalDeviations(field, channels, layout.grid.areaWeights, layout.grid.longitudes.length);
    deviations.forEach((deviation, c) => (sums[c]! += deviation / times.length));
  }
  return sums;
}
