import { datasetOf, type Attributes, type Dataset, type NumberArray, type Variable } from "../../src/data/dataset.js";
import { regionOf, takeRegion } from "../../src/data/slice.js";

/** A variable whose numbers are in memory. */
export function memoryVariable(
  name: string,
  extents: Readonly<Record<string, number>>,
  values: NumberArray,
  attributes: Attributes = {},
): Variable {
  const named = { name, dimensions: Object.keys(extents), shape: Object.values(extents) };
  return {
    ...named,
    attributes,
    read: (slice) => Promise.resolve(takeRegion(values, named.shape, regionOf(named, slice))),
  };
}

/** How a file of analyses may differ from another and hold the same. */
export interface Form {
  readonly times?: readonly number[];
  readonly timeUnits?: string;
  readonly calendar?: string;
  /** Latitudes from north to south. */
  readonly descending?: boolean;
  /** Longitudes from -180. */
  readonly western?: boolean;
  readonly latitudes?: readonly number[];
  readonly units?: string;
  /** Geopotential with levels instead of a variable z500. */
  readonly levels?: boolean;
}

const LONGITUDES = [0, 45, 90, 135, 180, 225, 270, 315];

/** What the file holds at a time in hours. */
export function analysisValue(hours: number, latitude: number, longitude: number): number {
  return Math.fround(50_000 + 100 * hours + latitude + longitude / 1000);
}

/** A global file of z500 on 4 x 8 points, equiangular. */
export function analysesFile(form: Form = {}): Dataset {
  const { times = [0, 12, 24, 36], descending = false, western = false, levels = false } = form;
  const { latitudes = [-67.5, -22.5, 22.5, 67.5], units = "m2 s-2" } = form;
  const rows = descending ? latitudes.toReversed() : latitudes;
  const columns = western ? LONGITUDES.map((value) => value - 180) : LONGITUDES;
  const extents = { time: times.length, ...(levels ? { level: 2 } : {}), latitude: rows.length, longitude: 8 };
  const values = times.flatMap((hours) =>
    (levels ? [850, 500] : [500]).flatMap((level) =>
      rows.flatMap((latitude) =>
        columns.map((longitude) => analysisValue(hours, latitude, (longitude + 360) % 360) + (level === 500 ? 0 : 1e5)),
      ),
    ),
  );
  const coordinates = [
    memoryVariable("time", { time: times.length }, Float64Array.from(times), {
      units: form.timeUnits ?? "hours since 2000-01-01",
      ...(form.calendar === undefined ? {} : { calendar: form.calendar }),
    }),
    memoryVariable("latitude", { latitude: rows.length }, Float64Array.from(rows), { units: "degrees_north" }),
    memoryVariable("longitude", { longitude: 8 }, Float64Array.from(columns), { units: "degrees_east" }),
    ...(levels ? [memoryVariable("level", { level: 2 }, Int32Array.of(850, 500), { units: "hPa" })] : []),
  ];
  const name = levels ? "geopotential" : "z500";
  return datasetOf([...coordinates, memoryVariable(name, extents, Float32Array.from(values), { units })], {});
}
