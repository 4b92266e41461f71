import { NextscaleError } from "@nextscale/engine";
import { readRegularFile } from "@nextscale/engine/node";
import type { Dataset } from "../data/dataset.js";
import { readNetcdf3 } from "../data/netcdf3-read.js";

/** What Node reads into one array. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * Opens a NetCDF-3 file, which is read into memory.
 *
 * @throws NextscaleError `invalid-file` for a file that is unreadable, damaged, of another format or of 2 GiB and more
 */
export async function readNetcdf3File(path: string): Promise<Dataset> {
  return readNetcdf3(await readWhole(path), path);
}

/** All bytes of a file of less than 2 GiB. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const unreadable = (got: string, cause?: unknown) =>
    new NextscaleError({
      code: "invalid-file",
      where: "weather/readWhole",
      expected: `a readable file ${path} of at most ${MOST_BYTES} bytes`,
      got,
      fix: "check the path",
      cause,
    });
  try {
    return await readRegularFile(path, MOST_BYTES);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(code ?? message, error);
  }
}
