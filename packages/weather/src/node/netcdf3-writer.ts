import { open } from "node:fs/promises";
import type { DatasetDefinition } from "../data/definition.js";
import { layOutNetcdf3, type Netcdf3Layout, type Netcdf3Version } from "../data/netcdf3-layout.js";
import { forEachStretch } from "../data/netcdf3-read.js";
import { writeNumbers } from "../data/netcdf3-types.js";
import { beginDataset, type DatasetWriter, type Sink } from "./dataset-writer.js";
import { writeAll } from "./write-all.js";

/**
 * Begins a NetCDF-3 file. A file of the name is replaced when the new one is finished.
 *
 * @param version `64-bit-offset` unless told
 * @throws NextscaleError `invalid-argument` for a definition NetCDF-3 cannot hold, `unwritable`
 */
export async function openNetcdf3Writer(
  path: string,
  definition: DatasetDefinition,
  version: Netcdf3Version = "64-bit-offset",
): Promise<DatasetWriter> {
  const layout = layOutNetcdf3(definition, version);
  return beginDataset("weather/openNetcdf3Writer", path, definition, (temporary) => beginFile(temporary, layout));
}

async function beginFile(temporary: string, layout: Netcdf3Layout): Promise<Sink> {
  const { header, variables, recordBytes, fileBytes } = layout;
  const file = await open(temporary, "wx");
  try {
    await writeAll(file, header, 0);
    await file.truncate(fileBytes);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    async write(name, region, values) {
      const variable = variables.get(name)!;
      const bytes = writeNumbers(values, variable.type);
      const stretches: (readonly [offset: number, length: number])[] = [];
      forEachStretch({ recordBytes }, variable, region, (offset, length) => stretches.push([offset, length]));
      let from = 0;
      for (const [offset, length] of stretches) {
        const to = from + length * variable.type.bytes;
        await writeAll(file, bytes.subarray(from, to), offset);
        from = to;
      }
    },
    sync: () => file.sync(),
    close: () => file.close(),
  };
}
