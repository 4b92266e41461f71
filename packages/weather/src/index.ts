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
  sphericalCoarsening,
  type Expansion,
  type SphericalCoarsening,
  type SphericalLevel,
} from "./pyramid/spherical-coarsening.js";
