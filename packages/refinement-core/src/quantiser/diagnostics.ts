import { NextscaleError } from "@nextscale/engine";

/** What happened at one scale in one batch, or in an evaluation. */
export interface ScaleObservation {
  /** How often each code was chosen, [V]. */
  readonly hits: ArrayLike<number>;
  /** Mean square of the residual before quantisation. */
  readonly residualEnergy?: number;
  /** Mean square of what quantisation left of it. */
  readonly quantisationError?: number;
  /** Codes restarted. */
  readonly restarted?: number;
}

/** How a scale uses its codebook, over everything observed. */
export interface ScaleDiagnostics {
  readonly scale: number;
  readonly vocabulary: number;
  readonly tokens: number;
  /** Share of codes hit at least 0.08 times as often as if all were used alike, 0 to 1. */
  readonly usage: number;
  /** exp of the entropy of the hits: how many codes, used alike, would carry as much. */
  readonly perplexity: number;
  /** Codes never hit. */
  readonly dead: number;
  readonly restarted: number;
  /** Means over the observations that had them; NaN if none had. */
  readonly residualEnergy: number;
  readonly quantisationError: number;
}

/**
 * VAR's margin below which a code does not count as used (`quant.py`). VAR measures it against the tokens of the finest
 * scale, so that coarse scales look dead; here each scale is measured by its own tokens.
 */
const USED_MARGIN = 0.08;

/** Collects observations of a quantiser, scale by scale. */
export interface QuantiserDiagnostics {
  /** @throws NextscaleError `shape` when the hits are not one for each code, or for an unknown scale */
  observe(scale: number, observation: ScaleObservation): void;
  /** One row for each scale, coarsest first. */
  scales(): readonly ScaleDiagnostics[];
}

interface Totals {
  readonly hits: Float64Array;
  restarted: number;
  readonly energies: number[];
  readonly errors: number[];
}

/** Diagnostics of a quantiser whose scales have codebooks of these sizes. */
export function quantiserDiagnostics(vocabularies: readonly number[]): QuantiserDiagnostics {
  const totals = vocabularies.map((vocabulary): Totals => {
    return { hits: new Float64Array(vocabulary), restarted: 0, energies: [], errors: [] };
  });
  return {
    observe(scale, { hits, residualEnergy, quantisationError, restarted = 0 }) {
      const total = totals[scale];
      if (total === undefined || total.hits.length !== hits.length) {
        throw new NextscaleError({
          code: "shape",
          where: "refinement-core/quantiserDiagnostics",
          expected: total === undefined ? `a scale below ${totals.length}` : `hits of ${total.hits.length} codes`,
          got: total === undefined ? `scale ${scale}` : `${hits.length}`,
        });
      }
      for (let code = 0; code < hits.length; code++) total.hits[code]! += hits[code]!;
      total.restarted += restarted;
      if (residualEnergy !== undefined) total.energies.push(residualEnergy);
      if (quantisationError !== undefined) total.errors.push(quantisationError);
    },
    scales: () => totals.map(summarise),
  };
}

function summarise({ hits, restarted, energies, errors }: Totals, scale: number): ScaleDiagnostics {
  const tokens = hits.reduce((sum, hit) => sum + hit, 0);
  const least = (USED_MARGIN * tokens) / hits.length;
  const entropy = hits.reduce((sum, hit) => (hit > 0 ? sum - (hit / tokens) * Math.log(hit / tokens) : sum), 0);
  return {
    scale,
    vocabulary: hits.length,
    tokens,
    usage: hits.filter((hit) => hit > 0 && hit >= least).length / hits.length,
    perplexity: tokens > 0 ? Math.exp(entropy) : 0,
    dead: hits.filter((hit) => hit === 0).length,
    restarted,
    residualEnergy: mean(energies),
    quantisationError: mean(errors),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const COLUMNS: readonly (readonly [title: string, cell: (row: ScaleDiagnostics) => string])[] = [
  ["scale", ({ scale }) => `${scale}`],
  ["tokens", ({ tokens }) => `${tokens}`],
  ["usage %", ({ usage }) => (100 * usage).toFixed(1)],
  ["perplexity", ({ perplexity, vocabulary }) => `${perplexity.toFixed(1)}/${vocabulary}`],
  ["dead", ({ dead }) => `${dead}`],
  ["restarted", ({ restarted }) => `${restarted}`],
  ["residual", ({ residualEnergy }) => optional(residualEnergy)],
  ["left", ({ quantisationError }) => optional(quantisationError)],
];

/** Diagnostics as a table of text, one line for each scale under a line of titles. */
export function formatDiagnostics(rows: readonly ScaleDiagnostics[]): string {
  const columns = COLUMNS.map(([title, cell]) => {
    const cells = [title, ...rows.map(cell)];
    const width = Math.max(...cells.map(({ length }) => length));
    return cells.map((text) => text.padStart(width));
  });
  return [-1, ...rows.keys()].map((line) => columns.map((cells) => cells[line + 1]).join("  ")).join("\n");
}

function optional(value: number): string {
  return Number.isNaN(value) ? "-" : value.toPrecision(3);
}
