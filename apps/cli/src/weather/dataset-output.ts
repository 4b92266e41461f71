import { extname } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { requireWritable } from "../outputs.js";

/** Formats that data sets are written in, by the end of the name. */
const FORMATS = [".nc", ".nc4", ".zarr"];

/**
 * Looks whether a data set could be written under a name, before minutes of work go into it.
 *
 * @throws NextscaleError `invalid-argument` for a name of no format, `unwritable`
 */
export async function requireDatasetOutput(out: string): Promise<void> {
  const extension = extname(out).toLowerCase();
  if (!FORMATS.includes(extension)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--out",
      expected: `a name that ends in ${FORMATS.join(", ")}`,
      got: out === "" ? "an empty name" : out,
      fix: ".nc is read by every program, .nc4 has no limit of size, .zarr is a folder for parallel readers",
    });
  }
  await requireWritable(out, extension === ".zarr" ? "folder" : "file");
}
