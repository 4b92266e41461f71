import { NextscaleError } from "@nextscale/engine";
import type { ImageDataset, ImageModel } from "@nextscale/images";
import type { loadFeatureNetwork } from "@nextscale/images/node";

/** The evaluation of `@nextscale/images` as this program uses it. */
interface Evaluation {
  evaluateImages(options: {
    readonly model: ImageModel;
    readonly network: Awaited<ReturnType<typeof loadFeatureNetwork>>;
    readonly train: ImageDataset;
    readonly test: ImageDataset;
    readonly seed: number;
    readonly count: number;
    readonly signal: AbortSignal;
    readonly onStage: (stage: string) => void;
  }): Promise<ImageReport>;
  formatReport(report: ImageReport): string;
}

/** What is read of a report here; the rest is passed on as it is. */
interface ImageReport {
  readonly unguided: { readonly networkEvaluations: number };
}

/**
 * The evaluation, where the installed `@nextscale/images` has one.
 *
 * @throws NextscaleError `missing-data`
 */
export async function imageEvaluation(): Promise<Evaluation> {
  const library = (await import("@nextscale/images")) as unknown as Partial<Evaluation>;
  if (library.evaluateImages !== undefined && library.formatReport !== undefined) return library as Evaluation;
  throw new NextscaleError({
    code: "missing-data",
    where: "images evaluate",
    expected: "an evaluation in @nextscale/images",
    got: "a version without one",
    fix: "install @nextscale/images of the same version as nextscale",
  });
}
