import { join } from "node:path";
import { NextscaleError } from "@nextscale/engine";
import { loadGraphModel } from "@nextscale/graphs/node";
import { engineOption } from "../engine-option.js";
import { datasetNamed, openComparison, requireModelFor, type Split } from "../graphs/comparison.js";
import { curvePicture } from "../graphs/curve-picture.js";
import { curveMarkdown, curveNotes, curveRows } from "../graphs/curve-table.js";
import { CURVE_FILE, earlierCurve, type Curve, type CurveSettings, type NamedModel } from "../graphs/curve.js";
import { measureCurve, type Sampled } from "../graphs/measure-curve.js";
import { parsePlan, planText, type SamplingPlan } from "../graphs/sampling-plan.js";
import { earlierPictures } from "../images/earlier-pictures.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, formatTable, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";

/** Options of `nextscale graphs curve`. */
export interface CurveGraphsOptions {
  readonly model: string;
  readonly baseline?: string;
  readonly dataset: string;
  readonly split?: Split;
  readonly substeps?: readonly SamplingPlan[];
  readonly steps?: readonly number[];
  readonly count?: number;
  readonly seed: number;
  readonly engine?: string;
  readonly out: string;
  readonly json?: boolean;
}

const WHERE = "graphs curve";

/** Of a model with scales. */
const PLANS = ["1", "2", "4", "8", "exact", "exact+1"].map(parsePlan);

/** Of diffusion, which papers take some hundreds of. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What the command writes. */
const FILES = /^curve\.(json|md|svg)$/u;

/** Measures the quality of a model, and of diffusion without scales, against what they cost. */
export async function curveOfGraphModels(options: CurveGraphsOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { dataset, split = "test", seed, out } = options;
  const { signal } = invocation;
  if (options.steps !== undefined && options.baseline === undefined) throw invalid("--steps with --baseline", "--steps without"); // prettier-ignore
  const set = datasetNamed(WHERE, dataset);
  await requireWritable(out, "folder");
  await earlierPictures(out, FILES);
  const opened: { close(): Promise<void> }[] = [];
  try {
    const load = async (name: string): Promise<NamedModel> => {
      const model = await loadGraphModel(name, engineOption(options.engine));
      opened.push(model);
      requireModelFor(WHERE, model, set);
      return { name, model };
    };
    const sampled: Sampled[] = [{ ...(await load(options.model)), plans: distinct(options.substeps ?? PLANS) }];
    if (options.baseline !== undefined) {
      const baseline = await load(options.baseline);
      requireOneScale(baseline);
      const steps = (options.steps ?? STEPS).toSorted((a, b) => a - b);
      sampled.push({ ...baseline, plans: distinct(steps.map((substeps) => ({ substeps, sweeps: 0 }))) });
    }
    const comparison = await openComparison(WHERE, set, { split, seed, signal });
    opened.unshift(comparison);
    const { data, sizes, usual } = comparison;
    const count = options.count ?? usual;
    const { engine } = sampled[0]!.model;
    const settings: CurveSettings = { dataset: set.name, data, ...sizes, split, count, seed, engine };
    const earlier = await earlierCurve(out, settings);
    const chosen = {
      ...{ dataset, split, count, model: options.model, substeps: sampled[0]!.plans.map(planText).join(" ") },
      ...(sampled[1] === undefined ? {} : { baseline: sampled[1].name, baselineHash: sampled[1].model.hash, steps: sampled[1].plans.map(planText).join(" ") }), // prettier-ignore
    };
    let written: readonly string[] | undefined;
    const save = async (curve: Curve): Promise<readonly string[]> => {
      const files = {
        [CURVE_FILE]: `${JSON.stringify(curve, null, 2)}\n`,
        "curve.md": curveMarkdown(curve),
        "curve.svg": curvePicture(curve),
      };
      // Of a graph, by all plans together.
      const networkEvaluations = Math.round(curve.points.reduce((sum, { evaluationsPerGraph }) => sum + evaluationsPerGraph, 0)); // prettier-ignore
      const facts = { modelHash: sampled[0]!.model.hash, seed, engine, networkEvaluations, options: chosen, began };
      return (written = await writeOutputs({ path: out, files, replaced: [] }, facts, invocation));
    };
    const curve = await measureCurve({ sampled, comparison, settings, earlier, signal, out, save });
    const [, receipt] = written ?? (await save(curve));
    const files = [...["curve.svg", "curve.md", CURVE_FILE].map((name) => join(out, name)), receipt!];
    if (options.json) return printJson({ ...curve, files, wallTimeMs: Math.round(performance.now() - began) });
    print(formatTable(curveRows(curve)), "", ...curveNotes(curve), "");
    print(...files, `Took ${formatSeconds(performance.now() - began)}.`);
  } finally {
    for (const one of opened) await one.close();
  }
}

function requireOneScale({ name, model: { config } }: NamedModel): void {
  if (config.hierarchy === "one-scale") return;
  throw invalid("--baseline without scales between, of the hierarchy one-scale", `${name}, of the hierarchy ${config.hierarchy}`); // prettier-ignore
}

function distinct(plans: readonly SamplingPlan[]): SamplingPlan[] {
  return plans.filter((plan, i) => plans.findIndex((other) => planText(other) === planText(plan)) === i);
}

function invalid(expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-argument", where: WHERE, expected, got });
}
