import type { Dataset } from "../data/dataset.js";
import { isAddress, type HttpOptions } from "../data/http-files.js";
import { readZarrUrl } from "../data/zarr-read.js";
import { readDatasetFile } from "./dataset-file.js";

/**
 * Opens a data set by its name: an address of http, https or gs as a Zarr store, anything else as a file or folder.
 *
 * @throws NextscaleError as `readZarrUrl` and `readDatasetFile`
 */
export function openDataset(name: string, options: HttpOptions = {}): Promise<Dataset> {
  return isAddress(name) ? readZarrUrl(name, options) : readDatasetFile(name);
}
