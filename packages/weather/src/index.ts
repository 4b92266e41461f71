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
export { energy, potentialEnstrophy } from "./simulator/diagnostics.js";
export {
  balancedGeopotential,
  outputFields,
  outputWinds,
  SIMULATOR_CHANNELS,
  type Winds,
} from "./simulator/outputs.js";
export { TUNED_PARAMETERS, type ModelParameters, type Mountain } from "./simulator/parameters.js";
export {
  perfectEnsemble,
  perturbState,
  type EnsembleForecast,
  type PerfectEnsembleOptions,
  type StateNoise,
} from "./simulator/perfect-ensemble.js";
export { quasiGeostrophicModel, type QuasiGeostrophicModel } from "./simulator/quasi-geostrophic.js";
export { simulate, type SimulateOptions, type Snapshot } from "./simulator/simulate.js";
export {
  sphericalHarmonics,
  type CurlAndDivergence,
  type Gradient,
  type SphericalHarmonics,
} from "./simulator/spherical-harmonics.js";
