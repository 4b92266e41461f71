import { NextscaleError } from "@nextscale/engine";
import type { FolderFiles } from "@nextscale/engine/node";
import {
  forecastVariable,
  type ForecastModelReport,
  type LeadScore,
  type Score,
  type SystemReport,
} from "@nextscale/weather";
import { rankHistogramPlot, scoreByLead, spectraPlot, spreadSkillPlot } from "@nextscale/weather/plot";

/** What to draw of a report. */
export interface ReportPicturesOptions {
  /** All channels unless told. */
  readonly variable?: string;
  /** Hours, for spectra and ranks; the lead in the middle unless told. */
  readonly lead?: number;
}

/** Left out of the picture of scores, where six lines can be told apart: the worse of the two climatologies. */
const LEFT_OUT = "climatology mean";

/** Pictures of a model's report, by file name. */
export function reportPictures(report: ForecastModelReport, { variable, lead }: ReportPicturesOptions): FolderFiles {
  const channels = [...new Set(report.systems.flatMap(({ scores }) => scores.map(({ channel }) => channel)))];
  if (variable !== undefined && !channels.includes(variable)) {
    throw invalid(`--variable among ${channels.join(", ")}`, variable);
  }
  const { leadHours } = report;
  const at = lead ?? leadHours[Math.floor((leadHours.length - 1) / 2)]!;
  if (!leadHours.includes(at)) throw invalid(`--lead among ${leadHours.join(", ")} hours`, `${at}`);
  return Object.assign({}, ...channels.filter((one) => variable === undefined || one === variable).map((channel) => picturesOf(report, channel, at))) as FolderFiles; // prettier-ignore
}

function picturesOf(report: ForecastModelReport, channel: string, lead: number): FolderFiles {
  const { units, longName = channel } = forecastVariable(channel);
  const inUnits = (what: string, of = units) => (of === undefined ? what : `${what} (${of})`);
  const ensembles = report.systems.filter(({ kind }) => kind === "ensemble");
  const spectral = ensembles.flatMap((system) => {
    const spectrum = system.spectra.find((one) => one.channel === channel && one.leadHours === lead);
    return spectrum === undefined ? [] : [{ name: system.name, spectrum }];
  });
  const [own] = report.systems as readonly [SystemReport, ...SystemReport[]];
  const ranks = own.scores.find((one) => one.channel === channel && one.leadHours === lead)?.ranks;
  const when = { subtitle: `Lead ${lead} hours, ${own.starts} starts, ${report.members} members` };
  const all = { subtitle: `${own.starts} starts, ${report.members} members` };
  return {
    [`crps-${channel}.svg`]: scoreByLead({
      ...{ title: `Fair CRPS, ${longName}`, ...all, label: inUnits(`CRPS of ${channel}`) },
      forecasters: report.systems
        .filter(({ name }) => name !== LEFT_OUT)
        .map((system) => ({ name: system.name, scores: curve(system, channel, "crps") })),
    }),
    [`spread-skill-${channel}.svg`]: spreadSkillPlot({
      ...{ title: `Spread and skill, ${longName}`, ...all, label: inUnits(channel) },
      forecasters: ensembles.map((system) => ({
        name: system.name,
        spread: curve(system, channel, "spread"),
        skill: curve(system, channel, "rmse"),
        ratio: curve(system, channel, "spreadSkill"),
      })),
    }),
    ...(spectral.length === 0
      ? {}
      : {
          [`spectra-${channel}-${lead}h.svg`]: spectraPlot({
            ...{ title: `Zonal spectra, ${longName}`, ...when, label: `${channel} energy` },
            truth: spectral[0]!.spectrum.truth,
            forecasters: spectral.map(({ name, spectrum }) => ({ name, spectra: [spectrum.members] })),
          }),
        }),
    ...(ranks === undefined
      ? {}
      : {
          [`ranks-${channel}-${lead}h.svg`]: rankHistogramPlot({
            ...{ title: `Ranks of the truth, ${longName}`, ...when, cases: own.starts },
            shares: normalised(ranks),
          }),
        }),
  };
}

function curve(system: SystemReport, channel: string, figure: "crps" | "rmse" | "spread" | "spreadSkill"): Score[] {
  const of = (score: LeadScore) => score[figure] ?? Number.NaN;
  return system.scores
    .filter((score) => score.channel === channel)
    .map((score) => ({
      ...{ metric: figure, region: "global", leadHours: score.leadHours, output: channel, value: of(score) },
      ...{ state: "scored", starts: score.starts, maskedShare: score.maskedShare },
    }));
}

/** The digits of a report do not sum to exactly 1. */
function normalised(shares: readonly number[]): number[] {
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: "weather plot", expected, got });
}
