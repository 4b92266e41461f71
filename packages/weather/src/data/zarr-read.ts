import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import * as zarr from "zarrita";
import { httpFiles, type HttpOptions } from "./http-files.js";
import { recentlyUsed } from "./recently-used.js";
import { datasetOf, MOST_ELEMENTS, type Attributes, type Dataset, type NumberArray, type Variable } from "./dataset.js";
import { elementsOf, regionOf, type Region } from "./slice.js";
import { namesBlosc, withWholeBlosc } from "./whole-blosc.js";

/** Where the files of a store come from: a folder, a server, memory. */
export interface ZarrFiles {
  /** The bytes of a file, such as `/air/.zarray`; undefined when there is none. */
  get(path: `/${string}`): Promise<Uint8Array | undefined>;
}

/** Options of {@link readZarr}. */
export interface ReadZarrOptions {
  /** Names of the arrays, for a store that does not list them in consolidated metadata. */
  readonly names?: readonly string[];
  /** Of the store, for messages. */
  readonly store?: string;
  /** Bytes of unpacked chunks to keep, those used last, for who reads one chunk in many parts. None unless told. */
  readonly cacheBytes?: number;
}

/**
 * Opens a Zarr store, version 2 or 3, with the dimension names that xarray writes. The metadata are read now, chunks when they
 * are asked for. Arrays of text or truth values, and those below a further group, are left out.
 *
 * @throws NextscaleError `invalid-file` for damaged metadata, `missing-data` when nothing says which arrays there are
 */
export async function readZarr(files: ZarrFiles, options: ReadZarrOptions = {}): Promise<Dataset> {
  const { store: name = "the store", cacheBytes = 0 } = options;
  const wholeChunks = withWholeChunks(cacheBytes);
  return guarded(name, async () => {
    const blosc = new Set<string>();
    const store = await zarr.withMaybeConsolidatedMetadata(withWholeBlosc(files, (array) => blosc.has(array)));
    const names = "contents" in store ? topLevelArrays(store.contents()) : options.names;
    if (names === undefined) {
      throw new NextscaleError({
        code: "missing-data",
        where: "weather/readZarr",
        expected: `consolidated metadata in ${name}, or the names of its arrays`,
        got: "neither",
        fix: "consolidate it with zarr.consolidate_metadata, or pass names",
      });
    }
    const root = zarr.root(store);
    const group = await zarr.open(root, { kind: "group" });
    const variables: Variable[] = [];
    for (const array of names) {
      const opened = await zarr.open(root.resolve(array), { kind: "array" });
      const metadata = (await store.get(`/${array}/.zarray`)) ?? (await store.get(`/${array}/zarr.json`));
      if (metadata !== undefined && namesBlosc(metadata)) blosc.add(array);
      const variable = variableIn(name, array, wholeChunks(opened));
      if (variable !== undefined) variables.push(variable);
    }
    return datasetOf(variables, attributesOf(group.attrs), name);
  });
}

/**
 * Opens a Zarr store over HTTP, which must have consolidated metadata.
 *
 * @param url as {@link httpFiles} takes it
 * @throws NextscaleError as {@link readZarr} and {@link httpFiles}
 */
export async function readZarrUrl(url: string, options: HttpOptions = {}): Promise<Dataset> {
  return readZarr(httpFiles(url, options), { store: url });
}

/** A chunk that is cut off would else give numbers that are not in it. */
function withWholeChunks(cacheBytes: number) {
  const keep = recentlyUsed<zarr.Chunk<zarr.DataType>>(
    cacheBytes,
    ({ data }) => (data as unknown as Uint8Array).byteLength,
  );
  return zarr.defineArrayExtension((array) => ({
    getChunk: (coordinates: number[], options?: { signal?: AbortSignal }) =>
      keep(`${array.path}:${coordinates.join()}`, async () => {
        const chunk = await array.getChunk(coordinates, options);
        if (chunk.data.length === elementsOf(chunk.shape)) return chunk;
        throw new NextscaleError({
          code: "invalid-file",
          where: "weather/readZarr",
          expected: `${elementsOf(chunk.shape)} numbers in chunk ${coordinates.join(".")} of ${array.path}`,
          got: `${chunk.data.length}`,
          fix: "the store is truncated or damaged: fetch it again",
        });
      }),
  }));
}

function topLevelArrays(contents: readonly { path: string; kind: string }[]): string[] {
  return contents
    .filter(({ path, kind }) => kind === "array" && path.lastIndexOf("/") === 0)
    .map(({ path }) => path.slice(1));
}

type OpenArray = zarr.Array<zarr.DataType>;

function variableIn(store: string, name: string, array: OpenArray): Variable | undefined {
  const { shape, chunks, attrs } = array;
  if (!array.is("number") && !array.is("bigint")) return undefined;
  const refuse = (expected: string, got: string) =>
    new NextscaleError({
      code: "invalid-file",
      where: "weather/readZarr",
      expected: `${expected} of ${name} in ${store}`,
      got,
    });
  const isExtents = (values: readonly number[]) => values.every((value) => Number.isInteger(value) && value >= 0);
  if (!isExtents(shape) || !isExtents(chunks) || elementsOf(chunks) > MOST_ELEMENTS)
    throw refuse(
      `extents, and chunks of at most ${MOST_ELEMENTS} elements,`,
      `[${shape.join()}] in [${chunks.join()}]`,
    );
  const dimensions = array.dimensionNames ?? [];
  const isNames = dimensions.every((dimension) => typeof dimension === "string");
  if (!isNames || dimensions.length !== shape.length) {
    throw refuse(`${shape.length} dimension names (_ARRAY_DIMENSIONS or dimension_names)`, JSON.stringify(dimensions));
  }
  const fill = array.fillValue;
  // In version 2, as xarray has it, the fill value of the storage marks what is missing.
  const marks = "_ARRAY_DIMENSIONS" in attrs && (typeof fill === "number" || typeof fill === "bigint");
  return {
    ...{ name, dimensions, shape },
    attributes: { ...(marks ? { _FillValue: [Number(fill)] } : {}), ...attributesOf(attrs) },
    read: async (slice = {}) => {
      const region = regionOf({ name, dimensions, shape }, slice);
      return guarded(`${name} of ${store}`, () => readRegion(array, region));
    },
  };
}

async function readRegion(array: OpenArray, { start, count }: Region): Promise<NumberArray> {
  const numbers = array as zarr.Array<zarr.NumberDataType | zarr.BigintDataType>;
  // A scalar's chunk may be kept, so it is not given away.
  if (count.length === 0) return inRowOrder((await numbers.getChunk([])).data, [], count).slice();
  const { data, stride } = await zarr.get(
    numbers,
    start.map((first, axis) => zarr.slice(first, first + count[axis]!)),
  );
  return inRowOrder(data, stride, count);
}

/** Numbers with their axes slowest first, whatever the order of the store; 64-bit integers as float64. */
function inRowOrder(
  data: ArrayLike<number | bigint>,
  stride: readonly number[],
  count: readonly number[],
): NumberArray {
  const isWide = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const numbers = isWide ? Float64Array.from(data, Number) : (data as NumberArray);
  const isRowOrder = count.every((extent, axis) => extent === 1 || stride[axis] === elementsOf(count.slice(axis + 1)));
  if (isRowOrder) return numbers;
  const result = numbers.slice();
  const index = count.map(() => 0);
  for (let to = 0; to < result.length; to++) {
    result[to] = numbers[index.reduce((sum, at, axis) => sum + at * stride[axis]!, 0)]!;
    for (let axis = count.length - 1; axis >= 0 && ++index[axis]! === count[axis]; axis--) index[axis] = 0;
  }
  return result;
}

/** Texts and numbers; anything else as the text of its JSON. */
function attributesOf(attributes: Readonly<Record<string, unknown>>): Attributes {
  const entries = Object.entries(attributes).filter(([name]) => name !== "_ARRAY_DIMENSIONS");
  return Object.fromEntries(
    entries.map(([name, value]) => {
      if (typeof value === "string") return [name, NUMBERS_AS_TEXT[value] ?? value];
      if (typeof value === "number") return [name, [value]];
      const isNumbers = Array.isArray(value) && value.every((one) => typeof one === "number");
      return [name, isNumbers ? value : JSON.stringify(value)];
    }),
  );
}

/** JSON has no way to write these numbers. */
const NUMBERS_AS_TEXT: Readonly<Record<string, readonly number[]>> = {
  NaN: [NaN],
  Infinity: [Infinity],
  "-Infinity": [-Infinity],
};

async function guarded<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (isNextscaleError(error)) throw error;
    throw new NextscaleError({
      code: "invalid-file",
      where: "weather/readZarr",
      expected: `a readable Zarr store: ${what}`,
      got: error instanceof Error ? error.message : String(error),
      fix: "check the path or address, and that the copy is complete",
      cause: error,
    });
  }
}
