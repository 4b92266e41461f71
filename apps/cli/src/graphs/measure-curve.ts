import { isNextscaleError, NextscaleError } from "@nextscale/engine";
import { sampleAndMeasure, type Comparison } from "./comparison.js";
import {
  emptyCurve,
  isKnown,
  pointOf,
  shortName,
  withPoint,
  type Curve,
  type CurveSettings,
  type NamedModel,
} from "./curve.js";
import { planText, type SamplingPlan } from "./sampling-plan.js";

/** A model that is sampled by plans. */
export interface Sampled extends NamedModel {
  readonly plans: readonly SamplingPlan[];
}

/** Graphs that are sampled before the first that are timed: programs are compiled when they are first needed. */
const WARM_UP = 64;

/** What a curve is measured of, and what becomes of it. */
export interface Measuring {
  readonly sampled: readonly Sampled[];
  readonly comparison: Comparison;
  readonly settings: CurveSettings;
  readonly earlier: Curve | undefined;
  readonly signal: AbortSignal;
  readonly out: string;
  /** Called with every new point, so that an interruption costs no more than one. */
  readonly save: (curve: Curve) => Promise<unknown>;
}

/**
 * The points of an earlier run, and those that it has not.
 *
 * @throws NextscaleError `interrupted` when the signal aborts
 */
export async function measureCurve(options: Measuring): Promise<Curve> {
  const { sampled, comparison, settings, earlier, signal, out, save } = options;
  const { count, seed } = settings;
  let curve = earlier;
  try {
    for (const { name, model, plans } of sampled) {
      let isWarm = false;
      for (const [i, plan] of plans.entries()) {
        if (isKnown(curve, model, plan)) continue;
        curve ??= await begun(comparison, settings);
        if (!isWarm) await model.sample({ count: Math.min(count, WARM_UP), seed, substeps: 1, signal });
        isWarm = true;
        const label = `${shortName(name)} at ${planText(plan)} (${i + 1} of ${plans.length})`;
        const found = await sampleAndMeasure(model, comparison, { count, seed, ...plan, signal, label });
        curve = withPoint(curve, pointOf({ name, model }, plan, found));
        await save(curve);
      }
    }
  } catch (error) {
    const isInterruption = isNextscaleError(error, "interrupted") || (error instanceof Error && error.name === "AbortError"); // prettier-ignore
    throw signal.aborted && isInterruption ? interrupted(curve, sampled, out, error) : error;
  }
  // Every model has a plan, and what is known is in a curve.
  return curve!;
}

/** What every curve begins with: the row of a model that knows its training set by heart. */
async function begun(comparison: Comparison, settings: CurveSettings): Promise<Curve> {
  const samples = comparison.gather();
  await samples.addTraining(settings.count);
  return emptyCurve(settings, comparison, await samples.measure());
}

function interrupted(
  curve: Curve | undefined,
  sampled: readonly Sampled[],
  out: string,
  cause: unknown,
): NextscaleError {
  const plans = sampled.flatMap(({ model, plans: some }) => some.map((plan) => isKnown(curve, model, plan)));
  const done = plans.filter(Boolean).length;
  return new NextscaleError({
    code: "interrupted",
    where: "graphs curve",
    expected: `${plans.length} plans`,
    got: `an interruption after ${done}`,
    fix: done === 0 ? "run the same command again" : `they are in ${out}; the same command goes on from there`,
    cause,
  });
}
