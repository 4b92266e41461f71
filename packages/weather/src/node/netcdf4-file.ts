import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { datasetOf, type Dataset, type NumberArray } from "../data/dataset.js";
import { elementsOf, partsOf, regionOf, type Region } from "../data/slice.js";
import { openHdf5, type Hdf5Connection } from "./hdf5/connection.js";
import {
  ARRAY_CLASSES,
  MOST_ELEMENTS_A_REQUEST,
  type Hdf5Request,
  type Hdf5Results,
  type Hdf5Variable,
} from "./hdf5/protocol.js";

/** How long an unused thread waits for the next request. Starting one takes a quarter of a second. */
const IDLE_MS = 10_000;

/**
 * Opens a NetCDF-4 file, or another of HDF5: the variables of numbers in its root group. It is read when numbers are asked
 * for, and may be larger than the memory. Needs the package h5wasm. HDF5 runs in a thread of its own, so that a hostile file
 * harms nothing.
 *
 * @throws NextscaleError `invalid-file` for a file that is unreadable, damaged or of another format, `engine-unavailable`
 *   without the package
 */
export async function readNetcdf4File(path: string): Promise<Dataset> {
  const { variables, attributes } = await ask(path, { kind: "describe", file: path });
  const isExtents = ({ shape }: Hdf5Variable) => shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  const strange = variables.find((variable) => !isExtents(variable));
  if (strange !== undefined) throw refuse(path, `extents of ${strange.shape.join(" x ")} of ${strange.name}`);
  return datasetOf(
    variables.map((variable) => ({
      ...{ name: variable.name, dimensions: variable.dimensions, shape: variable.shape },
      attributes: variable.attributes,
      read: async (slice = {}) => readRegion(path, variable, regionOf(variable, slice)),
    })),
    attributes,
    path,
  );
}

async function readRegion(file: string, { path, array }: Hdf5Variable, region: Region): Promise<NumberArray> {
  const result: NumberArray = new ARRAY_CLASSES[array](elementsOf(region.count));
  let filled = 0;
  for (const part of partsOf(region, MOST_ELEMENTS_A_REQUEST)) {
    const numbers = await ask(file, { kind: "read", file, path, region: part });
    if (numbers.constructor !== result.constructor) throw refuse(file, `${path} of another type than before`);
    result.set(numbers, filled);
    filled += numbers.length;
  }
  return result;
}

/** The thread that all readers share, while there is one. */
let connection: Hdf5Connection | undefined;
let idle: NodeJS.Timeout | undefined;
let queue: Promise<unknown> = Promise.resolve();

/** Asks the thread when it is free; one that has ended is started anew, so no file suffers from another. */
function ask<K extends "describe" | "read">(
  file: string,
  request: Extract<Hdf5Request, { kind: K }>,
): Promise<Hdf5Results[K]> {
  const asked = queue.then(async () => {
    clearTimeout(idle);
    connection ??= openHdf5();
    try {
      return await connection.ask(request);
    } catch (error) {
      connection = undefined;
      if (isNextscaleError(error)) throw error;
      throw refuse(file, error instanceof Error ? error.message : String(error), error);
    } finally {
      idle = setTimeout(() => {
        void connection?.stop();
        connection = undefined;
      }, IDLE_MS).unref();
    }
  });
  queue = asked.catch(() => undefined);
  return asked;
}

function refuse(path: string, got: string, cause?: unknown): NextscaleError {
  return new NextscaleError({
    code: "invalid-file",
    where: "weather/readNetcdf4File",
    expected: `a readable NetCDF-4 or HDF5 file ${path}`,
    got,
    fix: "check the path, and that the copy is complete",
    cause,
  });
}
