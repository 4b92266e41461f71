import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import type { Dataset } from "../data/dataset.js";
import type { DatasetDefinition } from "../data/definition.js";
import type { DatasetWriter } from "./dataset-writer.js";
import { readNetcdf3File } from "./netcdf3-file.js";
import { openNetcdf3Writer } from "./netcdf3-writer.js";
import { readNetcdf4File } from "./netcdf4-file.js";
import { openNetcdf4Writer } from "./netcdf4-writer.js";
import { readZarrFolder } from "./zarr-folder.js";
import { openZarrWriter } from "./zarr-writer.js";

/**
 * Opens a data set of any format that is known here, whatever its name: a folder as Zarr, a file by its first bytes as
 * NetCDF-4 or NetCDF-3.
 *
 * @throws NextscaleError as the format's reader: `readZarrFolder`, `readNetcdf4File`, `readNetcdf3File`
 */
export async function readDatasetFile(path: string): Promise<Dataset> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return readZarrFolder(path);
  // What is there and no file must not be opened: a pipe waits for its writer.
  return found?.isFile() && (await isHdf5(path)) ? readNetcdf4File(path) : readNetcdf3File(path);
}

/** HDF5 files begin with this, or have it after a user block of 512 bytes or a power of two times that. */
const HDF5_SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);

async function isHdf5(path: string): Promise<boolean> {
  // What cannot be opened is for the reader to refuse.
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const bytes = new Uint8Array(HDF5_SIGNATURE.length);
    const { size } = await file.stat();
    for (let at = 0; at + bytes.length <= size; at = at === 0 ? 512 : 2 * at) {
      await file.read(bytes, 0, bytes.length, at);
      if (HDF5_SIGNATURE.every((byte, i) => byte === bytes[i])) return true;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** Formats by the extension of a name. */
const WRITERS: Readonly<Record<string, (path: string, definition: DatasetDefinition) => Promise<DatasetWriter>>> = {
  ".nc": openNetcdf3Writer,
  ".nc4": openNetcdf4Writer,
  ".zarr": openZarrWriter,
};

/**
 * Begins a data set in the format that the name tells: `.nc` NetCDF-3 with 64-bit offsets, `.nc4` NetCDF-4, `.zarr` Zarr 2.
 *
 * @throws NextscaleError `invalid-argument` for another extension; as the format's writer: `openNetcdf3Writer`,
 *   `openNetcdf4Writer`, `openZarrWriter`
 */
export async function openDatasetWriter(path: string, definition: DatasetDefinition): Promise<DatasetWriter> {
  const extension = extname(path).toLowerCase();
  const begin = Object.hasOwn(WRITERS, extension) ? WRITERS[extension] : undefined;
  if (begin !== undefined) return begin(path, definition);
  throw new NextscaleError({
    code: "invalid-argument",
    where: "weather/openDatasetWriter",
    expected: `a name that ends in ${Object.keys(WRITERS).join(", ")}`,
    got: path,
    fix: ".nc is read by every program, .nc4 has no limit of size, .zarr is a folder for parallel readers",
  });
}
