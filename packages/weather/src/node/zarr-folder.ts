import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Dataset } from "../data/dataset.js";
import { readZarr, type ZarrFiles } from "../data/zarr-read.js";
import { readWhole } from "./netcdf3-file.js";

/**
 * Opens a Zarr store in a folder, version 2 or 3, with consolidated metadata or without.
 *
 * @throws NextscaleError `invalid-file` for a folder that is unreadable or holds no store
 */
export async function readZarrFolder(path: string): Promise<Dataset> {
  const { files, names } = await zarrFolder(path);
  return readZarr(files, { names, store: path });
}

/** The files of a store in a folder, and the names of its arrays. */
export async function zarrFolder(path: string): Promise<{ readonly files: ZarrFiles; readonly names: string[] }> {
  const names: string[] = [];
  for (const name of await readdir(path).catch(() => [])) if (await isArray(path, name)) names.push(name);
  return { files: { get: (key) => readIfThere(path, key) }, names };
}

async function isArray(folder: string, name: string): Promise<boolean> {
  if ((await readIfThere(folder, `${name}/.zarray`)) !== undefined) return true;
  const metadata = await readIfThere(folder, `${name}/zarr.json`);
  // What is no JSON is for the reader to refuse.
  return metadata !== undefined && !/"node_type"\s*:\s*"group"/.test(new TextDecoder().decode(metadata));
}

async function readIfThere(folder: string, key: string): Promise<Uint8Array | undefined> {
  const parts = key.split("/");
  // A name in damaged metadata must not lead out of the folder.
  if (parts.includes("..")) return undefined;
  try {
    return await readWhole(join(folder, ...parts));
  } catch (error) {
    const { cause } = error as { cause?: NodeJS.ErrnoException };
    if (cause?.code === "ENOENT" || cause?.code === "ENOTDIR") return undefined;
    throw error;
  }
}
