import type { Grid } from "../grid/grid.js";
import { quadratureOf } from "../simulator/quadrature.js";
import { sphericalHarmonics, type SphericalHarmonics } from "../simulator/spherical-harmonics.js";
import { cellCount, invalid } from "./case.js";
import { curveMetric, type Metric } from "./metric.js";
import { fieldsOf } from "./spectral-fields.js";
import type { AreaStatistic } from "./statistic.js";

const WHERE = "weather/sphericalSpectrum";

/**
 * Mean square of a field by total wavenumber n = 0 to the largest that the grid resolves, averaged over starts: the sum over the
 * harmonics of each n of the squares of their coefficients, which add up to the mean square over the sphere of what is resolved
 * (Parseval). In squared units of the channel. Unlike the zonal spectrum it does not depend on where the poles are. A field with
 * a masked cell is left out whole.
 *
 * @param of as `zonalSpectrum`
 * @throws NextscaleError `invalid-argument`, when a case is added, for a regional grid or a region that is not the whole globe
 */
export function sphericalSpectrum(of: "truth" | "members" | "mean"): Metric<Float64Array> {
  // Its tables take longer than the cases, which share a grid.
  let last: SphericalHarmonics | undefined;
  const harmonicsOn = (grid: Grid): SphericalHarmonics => {
    if (last?.grid !== grid) last = resolvedHarmonics(grid);
    return last;
  };
  const statistic: AreaStatistic = {
    kind: "area",
    name: `spherical-spectrum(${of})`,
    compute(forecast, layout, weights) {
      requireWhole(layout.grid, weights);
      const { analyse, powerSpectrum, truncation } = harmonicsOn(layout.grid);
      const components = truncation + 1;
      const fields = fieldsOf(of, forecast);
      const cells = cellCount(layout);
      const means = new Float64Array(layout.channels.length * components);
      const shares = new Float64Array(layout.channels.length);
      for (let channel = 0; channel < shares.length; channel++) {
        const parts = fields.map((field) => Float64Array.from(field.subarray(channel * cells, (channel + 1) * cells)));
        const isMasked = parts.some((part) => part.some(Number.isNaN));
        shares[channel] = isMasked ? 0 : 1;
        const own = means.subarray(channel * components, (channel + 1) * components);
        if (isMasked) own.fill(Number.NaN);
        else for (const part of parts) powerSpectrum(analyse(part)).forEach((power, n) => (own[n]! += power / parts.length)); // prettier-ignore
      }
      return { components, means, weights: shares };
    },
  };
  return curveMetric(statistic.name, statistic);
}

/** Harmonics up to the total wavenumber beyond which the sums over the grid are no longer exact. */
function resolvedHarmonics(grid: Grid): SphericalHarmonics {
  if (grid.kind === "regional") throw invalid(WHERE, "a grid of the globe", "a regional one");
  const byColumns = Math.floor((grid.longitudes.length - 1) / 2);
  return sphericalHarmonics(grid, Math.min(byColumns, Math.floor(quadratureOf(grid).degree / 2)));
}

function requireWhole(grid: Grid, weights: Float64Array): void {
  const columns = grid.longitudes.length;
  if (weights.every((weight, cell) => weight === grid.areaWeights[Math.floor(cell / columns)])) return;
  throw invalid(WHERE, "the whole globe for a region", "a part of it");
}
