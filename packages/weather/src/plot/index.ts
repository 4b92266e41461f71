/**
 * Pictures of ensemble forecasts and their scores, as SVG. An entry of its own: what draws them takes a while to load.
 *
 * @packageDocumentation
 */

export { logLogPlot, type LogLogLine, type LogLogPicture } from "./log-log-plot.js";
export { mapOfField, type FieldPicture } from "./map-of-field.js";
export { meanAndSpreadMaps, type EnsemblePicture } from "./mean-and-spread-maps.js";
export { type Titles } from "./page.js";
export { plume, type PlumePicture } from "./plume.js";
export { rankHistogramPlot, type RankHistogramPicture } from "./rank-histogram-plot.js";
export { fieldSampler, type FieldSampler } from "./sample-field.js";
export { scoreByLead, type ForecasterScores, type ScoreByLeadPicture } from "./score-by-lead.js";
export { spectraPlot, type ForecasterSpectra, type SpectraPicture } from "./spectra-plot.js";
export { spreadSkillPlot, type ForecasterSpread, type SpreadSkillPicture } from "./spread-skill-plot.js";
export { stamps, type StampsPicture } from "./stamps.js";
