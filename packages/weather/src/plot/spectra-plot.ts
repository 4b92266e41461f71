import { ruleY, type PlotOptions } from "@observablehq/plot";
import { invalid } from "../verification/case.js";
import { chartPanel, curve, horizontal, RATIO_HEIGHT, vertical, type LineStyle } from "./chart.js";
import { requireLength } from "./checks.js";
import { forecasterColours, TRUTH } from "./colours.js";
import { page, type Titles } from "./page.js";
import { numberTick, powerTick } from "./ticks.js";

/** Spectra of one forecaster. */
export interface ForecasterSpectra {
  readonly name: string;
  /** [spectrum][zonal wavenumber from 0]: one of `zonalSpectrum`, or that of each member. */
  readonly spectra: readonly ArrayLike<number>[];
}

/** Zonal spectra to draw. */
export interface SpectraPicture extends Titles {
  /** Spectrum of the truth, [zonal wavenumber from 0]. */
  readonly truth: ArrayLike<number>;
  readonly forecasters: readonly ForecasterSpectra[];
  /** Name of the vertical axis, with units: "z500 energy (m⁴/s⁴ km)". */
  readonly label: string;
}

const WHERE = "weather/spectraPlot";

const TRUE: LineStyle = { name: "truth", colour: TRUTH, width: 2.2 };

/**
 * Zonal energy spectra on logarithmic axes, those of several members as thin lines with their mean, and below them the ratio of
 * each mean to the truth: below 1 at high wavenumbers is a forecast that is too smooth. Wavenumber 0 has no place on such an
 * axis, and neither have values of 0 or less, which are gaps. As SVG.
 *
 * @throws NextscaleError `invalid-argument` for no forecasters or too many to tell apart, one without spectra, or a truth without
 *   energy; `shape` for a spectrum of another length than that of the truth
 */
export function spectraPlot({ truth, forecasters, label, ...titles }: SpectraPicture): string {
  const colours = forecasterColours(WHERE, forecasters);
  if (!Array.from(truth).some((power, k) => k > 0 && power > 0)) {
    throw invalid(WHERE, "a truth with energy above wavenumber 0", `${truth.length} values without`);
  }
  const wavenumbers = Array.from({ length: truth.length - 1 }, (_, i) => i + 1);
  const positive = (spectrum: ArrayLike<number>) =>
    wavenumbers.map((k) => (spectrum[k]! > 0 ? spectrum[k]! : Number.NaN));
  const parts = forecasters.map(({ name, spectra }, f) => {
    if (spectra.length === 0) throw invalid(WHERE, `a spectrum of ${name}`, "none");
    spectra.forEach((spectrum) => requireLength(WHERE, `a spectrum of ${name}`, spectrum, truth.length));
    const mean = Array.from(truth, (_, k) => spectra.reduce((sum, one) => sum + one[k]!, 0) / spectra.length);
    const style: LineStyle = { name, colour: colours[f]!, width: 2 };
    const thin: LineStyle = { ...style, width: 0.6, opacity: 0.5 };
    return { style, thin, mean: positive(mean), single: spectra.length > 1 ? spectra.map(positive) : [] };
  });
  const truthCurve = positive(truth);
  const logarithmic = { type: "log", tickFormat: powerTick } as const;
  const wavenumber = { type: "log", tickFormat: numberTick } as const;
  const upper: PlotOptions = {
    x: horizontal(null, wavenumber),
    y: vertical(label, logarithmic),
    marks: [
      parts.map(({ single, thin }) => single.map((one) => curve(wavenumbers, one, thin))),
      curve(wavenumbers, truthCurve, TRUE),
      parts.map(({ mean, style }) => curve(wavenumbers, mean, style)),
    ],
  };
  const lower: PlotOptions = {
    height: RATIO_HEIGHT,
    x: horizontal("Zonal wavenumber", wavenumber),
    y: vertical("Ratio to the truth", logarithmic),
    marks: [
      ruleY([1], { stroke: TRUTH, strokeDasharray: "2,2" }),
      parts.map(({ mean, style }) =>
        curve(
          wavenumbers,
          mean.map((power, i) => power / truthCurve[i]!),
          style,
        ),
      ),
    ],
  };
  return page(titles, [chartPanel([upper, lower], [TRUE, ...parts.map(({ style }) => style)])]);
}
