import type { Grid } from "../grid/grid.js";
import { cellCount, invalid } from "./case.js";
import { curveMetric, type Metric } from "./metric.js";
import { fieldsOf } from "./spectral-fields.js";
import { sumOf, type AreaStatistic } from "./statistic.js";

const WHERE = "weather/zonalSpectrum";

/** Kilometres; the value of WeatherBench 2, so that spectra compare. */
const EARTH_RADIUS = 6367.5;

/**
 * Share of the mean square of a row in each zonal wavenumber, 0 to floor(L/2) for L values: |F₀|², then 2|Fₖ|², with F the
 * discrete Fourier transform over L. The term of wavenumber L/2 of an even L stands alone and is not doubled, so the sum is
 * exactly the mean of f² (Parseval); WeatherBench 2 doubles it.
 */
export function rowSpectrum(row: ArrayLike<number>): Float64Array {
  const length = row.length;
  if (length < 1) throw invalid(WHERE, "a row of at least 1 value", "none");
  const cosines = Float64Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * i) / length));
  const sines = Float64Array.from({ length }, (_, i) => Math.sin((2 * Math.PI * i) / length));
  return Float64Array.from({ length: Math.floor(length / 2) + 1 }, (_, wavenumber) => {
    let [real, imaginary] = [0, 0];
    for (let i = 0; i < length; i++) {
      // Angles are taken modulo a full turn as integers: no loss at high wavenumbers.
      const angle = (wavenumber * i) % length;
      real += row[i]! * cosines[angle]!;
      imaginary -= row[i]! * sines[angle]!;
    }
    const power = (real ** 2 + imaginary ** 2) / length ** 2;
    return wavenumber === 0 || 2 * wavenumber === length ? power : 2 * power;
  });
}

/**
 * Zonal energy spectrum, C times `rowSpectrum` with C the length of the circle of latitude in km (WeatherBench 2,
 * `ZonalEnergySpectrum`), averaged over the rows of the region by area and over starts. In squared units of the channel
 * times km. A row with a masked cell is left out whole.
 *
 * @param of `truth`, `members` (mean of the members' spectra: that of a realistic sample) or `mean` (of the ensemble mean,
 *   which must fall below the truth where the forecast is uncertain)
 * @throws NextscaleError `invalid-argument`, when a case is added, for a grid that does not go round the globe or a region that
 *   has only part of a row
 */
export function zonalSpectrum(of: "truth" | "members" | "mean"): Metric<Float64Array> {
  const statistic: AreaStatistic = {
    kind: "area",
    name: `zonal-spectrum(${of})`,
    compute(forecast, layout, weights) {
      const rows = rowWeights(layout.grid, weights);
      const columns = layout.grid.longitudes.length;
      const components = Math.floor(columns / 2) + 1;
      const fields = fieldsOf(of, forecast);
      const channels = layout.channels.length;
      const means = new Float64Array(channels * components);
      const shares = new Float64Array(channels);
      for (let channel = 0; channel < channels; channel++) {
        let weight = 0;
        rows.forEach((rowWeight, row) => {
          const start = channel * cellCount(layout) + row * columns;
          const parts = fields.map((field) => field.subarray(start, start + columns));
          if (rowWeight === 0 || parts.some((part) => part.some(Number.isNaN))) return;
          const circle = 2 * Math.PI * EARTH_RADIUS * Math.cos((layout.grid.latitudes[row]! * Math.PI) / 180);
          for (const part of parts) {
            rowSpectrum(part).forEach((power, wavenumber) => {
              means[channel * components + wavenumber]! += (rowWeight * circle * power) / fields.length;
            });
          }
          weight += rowWeight;
        });
        for (let at = channel * components; at < (channel + 1) * components; at++) means[at]! /= weight;
        shares[channel] = weight / sumOf(rows);
      }
      return { components, means, weights: shares };
    },
  };
  return curveMetric(statistic.name, statistic);
}

function rowWeights(grid: Grid, weights: Float64Array): Float64Array {
  if (!grid.periodic) throw invalid(WHERE, "a grid that goes round the globe", `a ${grid.kind} one that does not`);
  const columns = grid.longitudes.length;
  return Float64Array.from(grid.latitudes, (_, row) => {
    const own = weights.subarray(row * columns, (row + 1) * columns);
    if (own.some((weight) => weight !== own[0]))
      throw invalid(WHERE, "a region of whole rows", "one with parts of a row");
    return sumOf(own);
  });
}
