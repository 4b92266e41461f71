import { gaussianNodes, type Grid } from "../grid/grid.js";
import { refused } from "./refused.js";

/** Latitudes of a global grid as nodes of a quadrature in the sine of latitude. */
export interface Quadrature {
  /** Sine of each latitude, south to north. */
  readonly nodes: Float64Array;
  /** Weights, which sum to 1: sums are means over the sphere. */
  readonly weights: Float64Array;
  /** Polynomials up to this degree are integrated exactly. */
  readonly degree: number;
}

const RADIANS = Math.PI / 180;

/**
 * The most exact quadrature on the latitudes of a grid: Gauss's on Gaussian latitudes, Clenshaw and Curtis's on
 * equiangular ones with poles, Fejer's first on equiangular ones without (Waldvogel 2006, BIT 46).
 *
 * @throws NextscaleError `invalid-argument` for a regional grid
 */
export function quadratureOf(grid: Grid): Quadrature {
  const count = grid.latitudes.length;
  switch (grid.kind) {
    case "gaussian": {
      const { nodes, weights } = gaussianNodes(count);
      return { nodes, weights: weights.map((weight) => weight / 2), degree: 2 * count - 1 };
    }
    case "equiangular":
    case "equiangular-with-poles": {
      const nodes = grid.latitudes.map((latitude) => Math.sin(latitude * RADIANS));
      const weights = cosineWeights(count, grid.kind === "equiangular-with-poles");
      return { nodes, weights, degree: count - 1 };
    }
    case "regional":
      throw refused("sphericalHarmonics", "a global grid", "a regional one");
  }
}

/**
 * Weights at equally spaced angles: each is the integral over the sphere of the cosine series that is 1 at its own node
 * and 0 at the others. The mean over the sphere of cos(k angle) is 1 / (1 - k^2) for even k and 0 for odd k.
 */
function cosineWeights(count: number, poles: boolean): Float64Array {
  const intervals = poles ? count - 1 : count;
  return Float64Array.from({ length: count }, (_, i) => {
    const angle = (Math.PI * (poles ? i : i + 0.5)) / intervals;
    let sum = 0;
    for (let k = 0; k < count; k += 2) {
      const end = k === 0 || (poles && k === intervals);
      sum += ((end ? 1 : 2) * Math.cos(k * angle)) / (1 - k * k);
    }
    const edge = poles && (i === 0 || i === count - 1);
    return (sum * (edge ? 0.5 : 1)) / intervals;
  });
}
