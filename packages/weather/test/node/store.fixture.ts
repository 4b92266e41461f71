import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as zarr from "zarrita";

/** How a store may differ from that of WeatherBench 2 and mean the same. */
export interface Variation {
  /** Order of the dimensions of the variables. */
  readonly order?: readonly string[];
  /** Latitudes from north to south. */
  readonly descending?: boolean;
  /** Longitudes from -180. */
  readonly western?: boolean;
}

/** The levels of the store. */
export const LEVELS = [50, 500, 850];
/** Six-hourly times from 2019-12-30 on. */
export const TIMES = 44;
const CHUNK_TIMES = 10;
const LATITUDES = Float32Array.from({ length: 32 }, (_, i) => -87.1875 + 5.625 * i);
const LONGITUDES = Float32Array.from({ length: 64 }, (_, j) => 5.625 * j);

/** Variables with their order of magnitude; the first two have levels. */
const VARIABLES: Readonly<Record<string, number>> = {
  geopotential: 5e4,
  temperature: 250,
  "2m_temperature": 280,
  mean_sea_level_pressure: 1e5,
};

/** What the store holds: some weather that moves and grows towards the poles. */
export function valueAt(variable: string, time: number, level: number, latitude: number, longitude: number): number {
  const size = VARIABLES[variable]!;
  const wave = Math.sin((longitude * 3 * Math.PI) / 180 + time / 5) * Math.cos((latitude * Math.PI) / 180);
  return Math.fround(size * (1 + level / 5000 + 0.02 * wave + (0.01 * Math.abs(latitude)) / 90));
}

/** A store as WeatherBench 2 has them on 64 x 32 points: Zarr 2, consolidated, Blosc with zstd, longitude before latitude. */
export async function weatherStore(variation: Variation = {}): Promise<Map<string, Uint8Array>> {
  const { order = ["time", "level", "longitude", "latitude"], descending = false, western = false } = variation;
  const latitudes = descending ? LATITUDES.toReversed() : LATITUDES;
  const longitudes = western ? LONGITUDES.map((value) => value - 180) : LONGITUDES;
  const files = new Map<string, Uint8Array>();
  const metadata: Record<string, unknown> = { ".zgroup": { zarr_format: 2 }, ".zattrs": {} };
  const extents: Record<string, number> = { time: TIMES, level: LEVELS.length, longitude: 64, latitude: 32 };
  const Blosc = await zarr.registry.get("blosc")!();
  const config = { id: "blosc", cname: "zstd", clevel: 5, shuffle: 1, blocksize: 0 };
  const codec = Blosc.fromConfig(config, {} as never) as unknown as {
    encode(bytes: Uint8Array): Promise<Uint8Array>;
  };
  const describe = (
    name: string,
    dimensions: readonly string[],
    chunks: number[],
    dtype: string,
    attributes: object,
  ) => {
    metadata[`${name}/.zarray`] = {
      ...{ zarr_format: 2, shape: dimensions.map((dimension) => extents[dimension]), chunks, dtype, order: "C" },
      ...{ compressor: config, filters: null, fill_value: dtype === "<f4" ? "NaN" : null },
    };
    metadata[`${name}/.zattrs`] = { ...attributes, _ARRAY_DIMENSIONS: dimensions };
  };
  const put = async (path: string, { buffer }: { readonly buffer: ArrayBufferLike }) =>
    files.set(`/${path}`, await codec.encode(new Uint8Array(buffer)));

  const begin = (Date.UTC(2019, 11, 30) - Date.UTC(1959, 0, 1)) / 36e5;
  const time = { units: "hours since 1959-01-01", calendar: "proleptic_gregorian" };
  describe("time", ["time"], [TIMES], "<i8", time);
  await put(
    "time/0",
    BigInt64Array.from({ length: TIMES }, (_, i) => BigInt(begin + 6 * i)),
  );
  describe("level", ["level"], [LEVELS.length], "<i8", {});
  await put("level/0", BigInt64Array.from(LEVELS, BigInt));
  describe("latitude", ["latitude"], [32], "<f4", { units: "degrees_north" });
  await put("latitude/0", Float32Array.from(latitudes));
  describe("longitude", ["longitude"], [64], "<f4", { units: "degrees_east" });
  await put("longitude/0", Float32Array.from(longitudes));
  for (const name of Object.keys(VARIABLES)) {
    const hasLevels = name === "geopotential" || name === "temperature";
    const dimensions = order.filter((dimension) => dimension !== "level" || hasLevels);
    const chunks = dimensions.map((dimension) => (dimension === "time" ? CHUNK_TIMES : extents[dimension]!));
    describe(name, dimensions, chunks, "<f4", { units: "any", standard_name: name });
    for (let block = 0; block * CHUNK_TIMES < TIMES; block++) {
      const index: Record<string, number> = {};
      const numbers: number[] = [];
      const fill = (axis: number): void => {
        if (axis < dimensions.length) {
          for (let i = 0; i < chunks[axis]!; i++) {
            index[dimensions[axis]!] = i;
            fill(axis + 1);
          }
          return;
        }
        const level = hasLevels ? LEVELS[index["level"]!]! : 0;
        const [y, x] = [latitudes[index["latitude"]!]!, longitudes[index["longitude"]!]!];
        numbers.push(valueAt(name, block * CHUNK_TIMES + index["time"]!, level, y, (x + 360) % 360));
      };
      fill(0);
      const key = dimensions.map((dimension) => (dimension === "time" ? block : 0)).join(".");
      await put(`${name}/${key}`, Float32Array.from(numbers));
    }
  }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  for (const [path, value] of Object.entries(metadata)) files.set(`/${path}`, json(value));
  files.set("/.zmetadata", json({ zarr_consolidated_format: 1, metadata }));
  return files;
}

/** A server of files. */
export interface StoreServer {
  readonly url: string;
  /** Paths asked for, in order. */
  readonly asked: string[];
  /** The status of the next answer to a path, or none at all; 200 or 404 without. May be set at any time. */
  disturb: (path: string) => number | "silence" | undefined;
  close(): Promise<void>;
}

/** Serves files, until it is closed. */
export async function serveStore(files: ReadonlyMap<string, Uint8Array>): Promise<StoreServer> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!).replace(/^\/store/, "");
    result.asked.push(path);
    const disturbance = result.disturb(path);
    if (disturbance === "silence") return;
    const found = files.get(path);
    response.writeHead(disturbance ?? (found === undefined ? 404 : 200)).end(disturbance === undefined ? found : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const result: StoreServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/store`,
    asked: [],
    disturb: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return result;
}
