import type {
  EvaluatedModel,
  ForecastModelReport,
  ForecastVerification,
  LeadScore,
  SystemReport,
} from "@nextscale/weather";
import { formatTable } from "../output.js";

/** Scores of a forecast as a table for each channel, with the share that has none where cells are masked. */
export function verificationTables({ scores, climatology }: ForecastVerification): string {
  return channelsOf(scores)
    .map((channel) => {
      const rows = scores.filter((score) => score.channel === channel);
      const usual = climatology?.filter((score) => score.channel === channel);
      const isMasked = rows.some(({ maskedShare }) => maskedShare > 0);
      const header = ["lead", "CRPS", "RMSE", "bias", "spread/skill", "rank unevenness"];
      const lines = rows.map((score, i) => [
        leadName(score.leadHours),
        ...[score.crps, score.rmse, score.bias, score.spreadSkill, score.rankUnevenness].map(figure),
        ...(score.acc === undefined ? [] : [figure(score.acc)]),
        ...(usual === undefined ? [] : [figure(usual[i]?.crps), figure(skill(score, usual[i]))]),
        ...(isMasked ? [`${(100 * score.maskedShare).toFixed(1)} %`] : []),
      ]);
      const more = [
        ...(rows[0]!.acc === undefined ? [] : ["ACC"]),
        ...(usual === undefined ? [] : ["CRPS of climatology", "CRPSS"]),
        ...(isMasked ? ["masked"] : []),
      ];
      return `${channel}\n${formatTable([[...header, ...more], ...lines])}`;
    })
    .join("\n\n");
}

/** All tables of a model's report. */
export function reportTables(report: ForecastModelReport): string {
  const { systems, models, leadHours, members, truth, archive } = report;
  const [model] = models;
  const [own] = systems as readonly [SystemReport, ...SystemReport[]];
  const parts = channelsOf(own.scores).flatMap((channel) => {
    const column = (system: SystemReport, of: (score: LeadScore) => number | undefined) => (lead: number) =>
      of(system.scores.find((score) => score.channel === channel && score.leadHours === lead)!);
    const table = (title: string, columns: readonly (readonly [string, (lead: number) => number | undefined])[]) => {
      const header = ["lead", ...columns.map(([name]) => name)];
      const rows = leadHours.map((lead) => [leadName(lead), ...columns.map(([, of]) => figure(of(lead)))]);
      return `${channel}: ${title}\n${formatTable([header, ...rows])}`;
    };
    const ensembles = systems.filter(({ kind }) => kind === "ensemble");
    const ratio = (short: string, name: string) => {
      const other = systems.find((system) => system.name === name);
      if (other === undefined) return [];
      const [a, b] = [column(own, ({ crps }) => crps), column(other, ({ crps }) => crps)];
      return [[`model / ${short}`, (lead: number) => a(lead)! / b(lead)!] as const];
    };
    return [
      table("fair CRPS (absolute error of single fields)", [
        ...systems.map((system) => [system.name, column(system, ({ crps }) => crps)] as const),
        ...ratio("ridge", "ridge + bootstrapped errors"),
        ...ratio("climatology", "climatology ensemble"),
      ]),
      table(
        "RMSE of the mean",
        systems.map((system) => [system.name, column(system, ({ rmse }) => rmse)] as const),
      ),
      table(
        "spread / skill",
        ensembles.map((system) => [system.name, column(system, (one) => one.spreadSkill)] as const),
      ),
      table(
        "bias of the mean",
        systems.map((system) => [system.name, column(system, ({ bias }) => bias)] as const),
      ),
      spectrumTable(report, channel),
    ];
  });
  return [
    `model ${model.hash.slice(0, 12)}, trained on ${model.trainedOn}; ${members} members from ${own.starts} starts of ${truth.name}`,
    ...(archive === undefined ? [] : [`baselines fitted on ${archive.name}`]),
    ...systems
      .filter(({ starts }) => starts !== own.starts)
      .map((one) => `${one.name}: from ${one.starts} of the starts`),
    "",
    parts.filter((part) => part !== "").join("\n\n"),
    "",
    ...models.flatMap(codingLines),
    ...models.flatMap(driftLines),
    "",
    costTable(report),
  ].join("\n");
}

/** What the codes leave out, and how likely what happened was: of a model that has codes. */
function codingLines({ name, coding }: EvaluatedModel): string[] {
  if (coding === undefined) return [];
  const floor = coding.floor.map(({ channel, rmse }) => `${channel} ${figure(rmse)}`).join(", ");
  const bits = coding.bitsByScale.map((value) => value.toFixed(3)).join(" + ");
  return [
    `${name}: error of the codes alone, a step ahead (RMSE): ${floor}`,
    `${name}: likelihood of what happened: ${coding.bitsPerValue.toFixed(3)} bits a cell and channel, by scale ${bits}`,
  ];
}

/** How far a model's climate is off, of forecasts that are long enough. */
function driftLines({ name, drift }: EvaluatedModel): string[] {
  if (drift.length === 0) return [];
  const part = ({ channel, members, truth }: (typeof drift)[number]) => {
    return `${channel} ${members.toFixed(3)} (truth ${truth.toFixed(3)})`;
  };
  return [
    `${name}: mean departure from the climatology, days 31 to 60, in standard deviations: ${drift.map(part).join(", ")}`,
  ];
}

/** What a forecast costs, by model. */
function costTable({ models, members, leadHours }: ForecastModelReport): string {
  const rows = models.map(({ name, head, networkEvaluations, stepHours, forecastMs, unstableShare }) => {
    const steps = leadHours.at(-1)! / stepHours;
    const perStep = forecastMs / (steps * members);
    return [
      name,
      head,
      `${networkEvaluations}`,
      `${(forecastMs / 1000).toFixed(2)} s`,
      `${perStep.toFixed(1)} ms`,
      `${(100 * unstableShare).toFixed(1)} %`,
    ];
  });
  const header = ["model", "head", "passes a step and member", "forecast", "a step and member", "unstable members"];
  return `cost of a forecast of ${members} members, ${leadName(leadHours.at(-1)!)}\n${formatTable([header, ...rows])}`;
}

/** Up to so many waves the members' spectrum is held against that of the truth, at each lead and over all. */
const LARGEST_WAVENUMBER = 20;

function spectrumTable({ systems, leadHours }: ForecastModelReport, channel: string): string {
  const spectral = systems.filter(({ spectra }) => spectra.length > 0);
  if (spectral.length === 0) return "";
  const row = (name: string, leads: readonly number[]) => [
    name,
    ...spectral.map(({ spectra }) => {
      const chosen = spectra.filter((one) => one.channel === channel && leads.includes(one.leadHours));
      const power = (of: "truth" | "members", k: number) => chosen.reduce((sum, one) => sum + one[of][k]!, 0);
      const ratios = Array.from(
        { length: Math.min(LARGEST_WAVENUMBER, chosen[0]!.truth.length - 1) },
        (_, i) => power("members", i + 1) / power("truth", i + 1),
      );
      return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    }),
  ];
  const rows = [...leadHours.map((lead) => row(leadName(lead), [lead])), row("all", leadHours)];
  const header = ["lead", ...spectral.map(({ name }) => name)];
  return `${channel}: zonal spectrum of members / truth, wavenumbers 1 to ${LARGEST_WAVENUMBER}\n${formatTable([header, ...rows])}`;
}

function channelsOf(scores: readonly LeadScore[]): string[] {
  return [...new Set(scores.map(({ channel }) => channel))];
}

function skill(score: LeadScore, reference: LeadScore | undefined): number | undefined {
  return reference === undefined ? undefined : 1 - score.crps / reference.crps;
}

function leadName(hours: number): string {
  return hours % 24 === 0 ? `${hours / 24} d` : `${hours} h`;
}

/** Four significant digits; a dash where there is no value. */
function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return "-";
  return Math.abs(value) >= 1e4 ? value.toFixed(0) : Number(value.toPrecision(4)).toString();
}
