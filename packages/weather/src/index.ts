/**
 * Ensemble weather forecasting by coarse-to-fine refinement.
 *
 * @packageDocumentation
 */
export {
  equiangularGrid,
  equiangularGridWithPoles,
  gaussianGrid,
  gaussianNodes,
  regionalGrid,
  type Grid,
  type GridKind,
} from "./grid/grid.js";
export {
  datasetOf,
  MOST_ELEMENTS,
  variableOf,
  type AttributeValue,
  type Attributes,
  type Dataset,
  type NumberArray,
  type Slice,
  type Variable,
} from "./data/dataset.js";
export { decodeFloat32, readDecoded, type DecodedArray, type ReadDecodedOptions } from "./data/decode.js";
export { decodeTimes, isTimeUnits, type Calendar } from "./data/time.js";
export { gridOf, readFields, type GridPlacement } from "./data/grid-of.js";
export { readNetcdf3 } from "./data/netcdf3-read.js";
export { type Netcdf3Version } from "./data/netcdf3-layout.js";
export { type DatasetDefinition, type VariableDefinition } from "./data/definition.js";
export {
  cfEnsembleLayout,
  weatherBenchLayout,
  type ForecastDescription,
  type ForecastVariable,
} from "./data/forecast-layout.js";
