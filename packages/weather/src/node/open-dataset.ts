import { existsSync } from "node:fs";
import { datasetOfChannels } from "../data/channel-files.js";
import type { Dataset } from "../data/dataset.js";
import { isAddress, type HttpOptions } from "../data/http-files.js";
import { readZarrUrl } from "../data/zarr-read.js";
import { analysisSetIn, filesOfSet } from "./analysis-set.js";
import { readDatasetFile } from "./dataset-file.js";

/** `z500=one.nc,t850=two.nc` */
const CHANNEL_FILES = /^\w+=[^,]+(,\w+=[^,]+)*$/;

/**
 * Opens a data set by its name: an address of http, https or gs as a Zarr store; files of a channel each, with the names of the
 * channels, `msl=a.nc,z500=b.nc`, or the folder of a known data set that has such files; anything else as a file or folder.
 *
 * @throws NextscaleError as `readZarrUrl`, `datasetOfChannels` and `readDatasetFile`
 */
export async function openDataset(name: string, options: HttpOptions = {}): Promise<Dataset> {
  const files = channelFiles(name);
  if (files === undefined) return isAddress(name) ? readZarrUrl(name, options) : readDatasetFile(name);
  const opened = Object.entries(files).map(
    async ([channel, path]) => [channel, await openDataset(path, options)] as const,
  );
  return datasetOfChannels(Object.fromEntries(await Promise.all(opened)));
}

/** The file of each channel, for a name that is several. */
function channelFiles(name: string): Readonly<Record<string, string>> | undefined {
  const set = analysisSetIn(name);
  if (set !== undefined) return filesOfSet(set, name);
  if (existsSync(name) || !CHANNEL_FILES.test(name)) return undefined;
  return Object.fromEntries(name.split(",").map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)])); // prettier-ignore
}
