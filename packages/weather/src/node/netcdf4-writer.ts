import { open } from "node:fs/promises";
import { checkDefinition, typedNumbers, type DatasetDefinition } from "../data/definition.js";
import { elementsOf, partsOf } from "../data/slice.js";
import { beginDataset, type DatasetWriter, type Sink } from "./dataset-writer.js";
import { openHdf5 } from "./hdf5/connection.js";
import { MOST_ELEMENTS_A_REQUEST, type Hdf5Plan } from "./hdf5/protocol.js";
import { NO_COORDINATE } from "./hdf5/read.js";
import { syncFile } from "./write-all.js";

/** Elements of a chunk where the definition has none: a megabyte of float32, HDF5's cache of chunks of a dataset. */
const CHUNK_ELEMENTS = 2 ** 18;

/**
 * Begins a NetCDF-4 file, without compression. A file of the name is replaced when the new one is finished. Needs the package
 * h5wasm.
 *
 * @throws NextscaleError `invalid-argument` for a definition NetCDF-4 cannot hold, `unwritable`, `engine-unavailable` without
 *   the package
 */
export async function openNetcdf4Writer(path: string, definition: DatasetDefinition): Promise<DatasetWriter> {
  return beginDataset("weather/openNetcdf4Writer", path, definition, (temporary) =>
    beginFile(temporary, planOf(definition)),
  );
}

async function beginFile(temporary: string, plan: Hdf5Plan): Promise<Sink> {
  const variables = new Map(plan.variables.map((variable) => [variable.name, variable]));
  // The system says better than HDF5 why a file cannot be made.
  await (await open(temporary, "wx")).close();
  const hdf5 = openHdf5();
  const guarded = async (action: () => Promise<unknown>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      await hdf5.stop();
      throw withCode(error);
    }
  };
  await guarded(() => hdf5.ask({ kind: "create", file: temporary, plan }));
  return {
    write: (name, region, values) =>
      guarded(async () => {
        const { path, type } = variables.get(name)!;
        const numbers = typedNumbers(type, values);
        let from = 0;
        for (const part of partsOf(region, MOST_ELEMENTS_A_REQUEST)) {
          const to = from + elementsOf(part.count);
          await hdf5.ask({ kind: "write", path, region: part, values: numbers.slice(from, to) });
          from = to;
        }
      }),
    sync: () =>
      guarded(async () => {
        await hdf5.ask({ kind: "finish" });
        await syncFile(temporary);
      }),
    close: () => hdf5.stop(),
  };
}

function planOf(definition: DatasetDefinition): Hdf5Plan {
  const { dimensions, record, attributes } = definition;
  const variables = checkDefinition(definition).map(({ name, type, dimensions: axes, shape, chunks, ...rest }) => {
    const isCoordinate = axes.length === 1 && axes[0] === name;
    const path = `/${Object.hasOwn(dimensions, name) && !isCoordinate ? NO_COORDINATE : ""}${name}`;
    const extents = chunks === undefined ? chunkShape(shape) : shape.map((extent, i) => chunks[axes[i]!] ?? extent);
    return { name, path, type, dimensions: axes, shape, chunks: extents, attributes: rest.attributes };
  });
  return { dimensions, variables, attributes, ...(record === undefined ? {} : { record }) };
}

/** The last axes whole, as far as they fit into a chunk. */
function chunkShape(shape: readonly number[]): number[] {
  let room = CHUNK_ELEMENTS;
  return shape.reduceRight<number[]>((chunks, extent) => {
    const here = Math.max(1, Math.min(extent, Math.floor(room)));
    room /= extent;
    return [here, ...chunks];
  }, []);
}

/** HDF5 quotes the system's message; what to do about it is known by the code. */
const CODES: readonly (readonly [message: string, code: string])[] = [
  ["No space left on device", "ENOSPC"],
  ["Quota exceeded", "EDQUOT"],
  ["File too large", "EFBIG"],
];

function withCode(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = CODES.find(([message]) => error.message.includes(message))?.[1];
  return code === undefined ? error : Object.assign(error, { code });
}
