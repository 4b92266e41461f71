import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import type { GraphModel, GraphSample, GraphSampleRequest, SubstepPlan } from "@nextscale/graphs";
import { createProgress } from "@nextscale/refinement-core";

/** How graphs are drawn, as options of a command. */
export interface SamplingOptions {
  readonly substeps?: SubstepPlan;
  readonly size?: number;
  readonly temperature?: number;
  readonly sweeps?: number;
  readonly property?: number;
  readonly guidance?: number;
  /** A SMILES, or a file with a graph. */
  readonly scaffold?: string;
  readonly connected?: boolean;
  readonly valence?: boolean;
}

/** What became of a sampling, without the samples. */
export interface SamplingTally {
  readonly graphs: number;
  /** Evaluations of the network, of all graphs together. */
  readonly evaluations: number;
  /** Of the graph that took the most. */
  readonly mostEvaluations: number;
  /** Codes that constraints had a say in, and the graphs that have such codes. */
  readonly constrained: { readonly codes: number; readonly graphs: number };
  /** Those of them for which the constraints allowed nothing. */
  readonly violated: { readonly codes: number; readonly graphs: number };
  /** Of the sampling alone, without loading and writing. */
  readonly milliseconds: number;
}

/** Samples that are held at a time, with all their levels. */
const AT_ONCE = 2000;

/** How the samples are taken. */
export interface SampleInPartsOptions {
  readonly atOnce?: number;
  /** In the progress line. */
  readonly label?: string;
}

/** Samples a part at a time, with a progress line: the same samples as at once, of which only one part is held. */
export async function sampleInParts(
  model: GraphModel,
  { count, first = 0, ...request }: Omit<GraphSampleRequest, "onProgress">,
  take: (samples: readonly GraphSample[], first: number) => Promise<void>,
  { atOnce = AT_ONCE, label = "generating" }: SampleInPartsOptions = {},
): Promise<SamplingTally> {
  const progress = createProgress(process.stderr, { label, total: count, unit: "graphs", logMs: 120_000 });
  const tally = { graphs: 0, evaluations: 0, mostEvaluations: 0, milliseconds: 0 };
  const constrained = { codes: 0, graphs: 0 };
  const violated = { codes: 0, graphs: 0 };
  let drawn = 0;
  try {
    for (let done = 0; done < count; done += atOnce) {
      const began = performance.now();
      const samples = await model.sample({
        ...request,
        count: Math.min(atOnce, count - done),
        first: first + done,
        onProgress: (some) => {
          drawn = done + some;
          progress.update(drawn);
        },
      });
      tally.milliseconds += performance.now() - began;
      tally.graphs += samples.length;
      for (const sample of samples) {
        tally.evaluations += sample.evaluations;
        tally.mostEvaluations = Math.max(tally.mostEvaluations, sample.evaluations);
        constrained.codes += sample.constrained.codes;
        constrained.graphs += sample.constrained.codes > 0 ? 1 : 0;
        violated.codes += sample.constrained.violated;
        violated.graphs += sample.constrained.violated > 0 ? 1 : 0;
      }
      await take(samples, first + done);
    }
  } catch (error) {
    // The model knows of its part alone.
    throw isNextscaleError(error, "interrupted") ? interrupted(drawn, count, error) : error;
  } finally {
    progress.close();
  }
  return { ...tally, constrained, violated };
}

function interrupted(drawn: number, count: number, cause: NextscaleError): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: cause.where,
    expected: `${count} graphs`,
    got: `an interruption after ${drawn}`,
    fix: "run the same command again: the same seed gives the same graphs",
    cause,
  });
}

/** @throws NextscaleError `invalid-argument` for options that a model has no use for */
export function requireUseful(where: string, options: SamplingOptions, { config }: Pick<GraphModel, "config">): void {
  const { property, guidance, valence } = options;
  const problem = (expected: string, got: string, fix: string) =>
    new NextscaleError({ code: "invalid-argument", where, expected, got, fix });
  if (property !== undefined && config.property === undefined)
    throw problem("a model that was trained with --property", "one that was not", "leave --property out, or train one");
  if (guidance !== undefined && property === undefined)
    throw problem("--property beside --guidance", "none", "say what to ask for, such as --property 1.5");
  if (valence === true && config.atoms === undefined)
    throw problem("a model of molecules for --valence", "one of other graphs", "leave --valence out");
}

/** What of a request the options say, but for the scaffold. */
export function requestOf({
  substeps,
  size,
  temperature,
  sweeps,
  property,
  guidance,
  connected,
  valence,
}: SamplingOptions): Pick<GraphSampleRequest, Exclude<keyof SamplingOptions, "scaffold">> {
  return {
    ...(property === undefined ? {} : { property }),
    ...(guidance === undefined ? {} : { guidance }),
    ...(substeps === undefined ? {} : { substeps }),
    ...(size === undefined ? {} : { size }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(sweeps === undefined ? {} : { sweeps }),
    ...(connected === undefined ? {} : { connected }),
    ...(valence === undefined ? {} : { valence }),
  };
}

/** The options for a receipt: the same for one that is left out and for its default. */
export function recordedSampling({
  substeps = "exact",
  size,
  temperature = 1,
  sweeps = 0,
  property,
  guidance = 1,
  scaffold,
  connected = false,
  valence = false,
}: SamplingOptions) {
  return {
    ...{ substeps: String(substeps), temperature, sweeps, connected, valence },
    ...(size === undefined ? {} : { size }),
    ...(property === undefined ? {} : { property, guidance }),
    ...(scaffold === undefined ? {} : { scaffold }),
  };
}

/** What constraints did; nothing where there are none. */
export function constraintLines(options: SamplingOptions, { graphs, constrained, violated }: SamplingTally): string[] {
  const names = [
    ...(options.scaffold === undefined ? [] : ["around the scaffold"]),
    ...(options.connected ? ["connected"] : []),
    ...(options.valence ? ["within valences"] : []),
  ];
  if (names.length === 0) return [];
  const broken = violated.codes === 0 ? "none" : `${violated.codes} codes in ${violated.graphs} graphs`;
  return [
    `Constrained to be ${names.join(" and ")}: ` +
      `it changed the odds of ${constrained.codes} codes in ${constrained.graphs} of ${graphs} graphs; violated by ${broken}.`,
  ];
}

/** Means of a graph. */
export function costOf({ graphs, evaluations, milliseconds }: SamplingTally) {
  return { evaluationsPerGraph: evaluations / graphs, millisecondsPerGraph: milliseconds / graphs };
}
