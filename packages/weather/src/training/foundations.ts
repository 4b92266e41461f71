import { NextscaleError, type Engine, type NamedArrays } from "@nextscale/engine";
import type { WeatherModelConfig, WeatherPreset } from "../config/config.js";
import { cellCount } from "../verification/case.js";
import { ITSELF, POINT } from "../model/anchor.js";
import { missedProgram, type AnchorConfig } from "./missed-program.js";
import { gridConfig } from "../model/grid-from.js";
import { zonalDeviations } from "../model/stability.js";
import { fieldSize, learnable, type FieldSeries } from "./field-series.js";
import { fitComponents, statesOf, type FittedComponents } from "./fit-components.js";
import { fitHead } from "./fit-head.js";
import type { FittedScale } from "./fit-quantiser.js";
import { fitRidge, type RidgeData } from "./fit-ridge.js";
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
/** Fewer items do not determine a head. */
const LEAST_ITEMS = 512;
/** Numbers that the head and the scale of what the anchor misses are fitted to: 512 fields of 64 x 32 points. */
const HEAD_NUMBERS = 512 * 64 * 32 * 3;
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
  const components =
    typeof truncation === "object" ? fitComponents(scaling.states, layout, truncation.components) : undefined;
  const states = components === undefined ? scaling.states : statesOf(components);
  const climatology = climatologyWeights(scaling.scale.climatology);
  const statics = staticFields(series, scaling.scale.climatology);
  const size = fieldSize(series);
  const triple = (item: number) => states.subarray((item - 1) * size, (item + 2) * size);
  const halves = [items.subarray(0, items.length / 2), items.subarray(items.length / 2)] as const;
  // Root mean square of amplitudes from 0 to `inputNoise`.
  const noise = preset.training.inputNoise / Math.sqrt(3);
  const data = ridgeData(anchor, layout, scaling.perChange, triple, components);
  const ridge =
    data === undefined
      ? undefined
      : await fitRidge(engine, { ...data, noise }, [
          spread(halves[0], RIDGE_ITEMS / 2),
          spread(halves[1], RIDGE_ITEMS / 2),
        ]);
  const folds = ridge === undefined ? [] : [ridge.folds];
  const chosen = spread(items, Math.max(LEAST_ITEMS, Math.floor(HEAD_NUMBERS / size)));
  const sample = Array.from(chosen, (item) => ({
    states: triple(item),
    fold: item < halves[1][0]! ? 0 : 1,
  }));
  const kept = components === undefined ? {} : { "truncation/0": components.components };
  const anchoring = { grid: gridConfig(layout.grid), channels: [...layout.channels], anchor, ...(truncation === undefined ? {} : { truncation }) }; // prettier-ignore
  const foldWeights = Object.fromEntries(folds.map((fold, i) => [`folds/${i}`, fold]));
  const missed = await missedByAnchor(engine, anchoring, { perChange: scaling.perChange, ...kept, ...foldWeights }, sample); // prettier-ignore
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
      ...anchoring,
      statics: statics.length / cellCount(layout),
      stepHours,
      hours: climatology.hours,
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
      ...(typeof truncation === "number"
        ? { "scaling/response/0": new Float32Array((truncation + 1) ** 2 * layout.channels.length).fill(1) }
        : {}),
      "scaling/variability": zonalRange(states, layout),
      "scaling/statics": statics,
      ...kept,
      ...(ridge === undefined ? {} : { "anchor/0": ridge.weights }),
      ...head.tensors,
    },
  };
}

function requireItems(series: FieldSeries): Int32Array {
  const items = learnable(series);
  const finite = series.fields.every(Number.isFinite);
  if (items.length >= LEAST_ITEMS && finite) return items;
  throw new NextscaleError({
    code: "invalid-data",
    where: "weather/training",
    expected: `${LEAST_ITEMS} or more fields without masked cells, each with neighbours ${series.stepHours} hours before and after`,
    got: finite ? `${items.length} in ${series.name}` : `values in ${series.name} that are not finite`,
    fix: "take more years of data, or fill what is masked",
  });
}

function withoutComponents(): NextscaleError {
  return new NextscaleError({
    code: "invalid-argument",
    where: "weather/training",
    expected: "a truncation to principal components, whose regression is the anchor",
    got: "none",
    fix: "choose another anchor, or a truncation such as { components: 100 }",
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

/** What the regression of an anchor is fitted to, but for the noise; undefined for an anchor without one. */
function ridgeData(
  anchor: WeatherPreset["model"]["anchor"],
  { grid, channels }: FieldSeries["layout"],
  perChange: Float32Array,
  states: (item: number) => Float32Array,
  components: FittedComponents | undefined,
): Omit<RidgeData, "noise"> | undefined {
  if (anchor.kind === "persistence") return undefined;
  if (anchor.kind === "ridge") return { grid, neighbourhood: anchor, channels: channels.length, perChange, states };
  if (components === undefined) throw withoutComponents();
  const { count, coordinates } = components;
  const scale = perChange.reduce((sum, value) => sum + value, 0) / perChange.length;
  return {
    ...{ grid: POINT, neighbourhood: ITSELF, channels: count, perChange: new Float32Array(count).fill(scale) },
    states: (item) => coordinates.subarray((item - 1) * count, (item + 2) * count),
  };
}

/** What the anchor misses of some next states, [N, H, W, C], in deviations; by regressions that have not seen them. */
async function missedByAnchor(
  engine: Engine,
  config: AnchorConfig,
  constants: NamedArrays,
  sample: readonly { readonly states: Float32Array; readonly fold: number }[],
): Promise<Float32Array> {
  const program = missedProgram(config, BATCH);
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

/** Least and greatest deviation along rows, by channel [2, C]. */
function zonalRange(states: Float32Array, layout: FieldSeries["layout"]): Float32Array {
  const channels = layout.channels.length;
  const size = channels * cellCount(layout);
  const range = new Float32Array(2 * channels).fill(Infinity, 0, channels);
  for (let first = 0; first < states.length; first += size) {
    const field = states.subarray(first, first + size);
    const deviations = zonalDeviations(field, channels, layout.grid.areaWeights, layout.grid.longitudes.length);
    deviations.forEach((deviation, c) => {
      range[c] = Math.min(range[c]!, deviation);
      range[channels + c] = Math.max(range[channels + c]!, deviation);
    });
  }
  return range;
}
