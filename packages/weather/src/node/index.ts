export { readNetcdf3File } from "./netcdf3-file.js";
export { openNetcdf3Writer, type DatasetWriter } from "./netcdf3-writer.js";
