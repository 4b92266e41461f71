import type { ImageReport } from "./report.js";

/** The figures of a report that a model's description keeps, by name. */
export function headlineFigures(report: ImageReport): Readonly<Record<string, number>> {
  const { tokeniser, unguided, guided, floors, likelihood } = report;
  const agreement = (name: string, share: number | undefined) =>
    share === undefined ? {} : { [`${name}/class-agreement`]: share };
  return {
    "tokeniser/test-mse": tokeniser.meanSquaredError,
    "tokeniser/frechet": tokeniser.frechet,
    "unguided/count": unguided.count,
    "unguided/frechet": unguided.frechet.distance,
    ...agreement("unguided", unguided.classAgreement),
    "unguided/memorisation": unguided.memorisation.ratio,
    ...(guided === undefined
      ? {}
      : {
          "guided/frechet": guided.frechet.distance,
          ...agreement("guided", guided.classAgreement),
          "guided/guidance-scale": guided.guidanceScale,
        }),
    "floors/frechet": floors.all.frechet.distance,
    "likelihood/code-nats": likelihood.codes.nats,
  };
}
