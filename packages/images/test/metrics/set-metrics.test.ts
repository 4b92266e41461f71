import { featureMatrix, normals, randomStream, type FeatureMatrix } from "@nextscale/refinement-core";
import { expect, test } from "vitest";
import { fitSetMetrics, selectFrom, type EmbeddedSet } from "../../src/metrics/set-metrics.js";

function cloud(name: string, count: number, shift = 0): EmbeddedSet {
  const draw = (part: string): FeatureMatrix =>
    featureMatrix(
      normals(randomStream(1, `${name}/${part}`), { draws: count * 8 }).map((value) => value + shift),
      8,
    );
  return { features: draw("features"), coordinates: draw("coordinates") };
}

test("copies of training vectors look real to every distance and are caught by the memorisation ratio", () => {
  const train = cloud("train", 600);
  const metrics = fitSetMetrics(train, cloud("test", 500));
  const copies = selectFrom(
    train,
    Int32Array.from({ length: 500 }, (_, i) => i),
  );
  const fresh = cloud("fresh", 500);
  expect(metrics.score(copies).frechet.distance).toBeLessThan(2 * metrics.score(fresh).frechet.distance);
  expect(metrics.memorisation(copies)).toMatchObject({ ratio: 0, nearCopies: 1 });
  expect(metrics.memorisation(fresh).ratio).toBeGreaterThan(0.9);
});

test("a moved cloud is far by every distance", () => {
  const metrics = fitSetMetrics(cloud("train", 600), cloud("test", 500));
  const [near, far] = [metrics.score(cloud("fresh", 500)), metrics.score(cloud("fresh", 500, 1))];
  expect(far.frechet.distance).toBeGreaterThan(10 * near.frechet.distance);
  expect(far.frechet.meanTerm).toBeCloseTo(8, 0);
  expect(far.pcaFrechet.distance).toBeGreaterThan(10 * near.pcaFrechet.distance);
  expect(far.kernel.distance).toBeGreaterThan(10 * far.kernel.standardError);
  expect(far.densityCoverage.coverage).toBeLessThan(0.9 * near.densityCoverage.coverage);
});
