import { expect, test } from "vitest";
import { hostGrid } from "../../src/pyramid/grid-operator.js";
import { hostTensor, type HostTensor } from "../../src/pyramid/host-tensor.js";
import type { Codebook } from "../../src/quantiser/codebook.js";
import { quantiserDiagnostics } from "../../src/quantiser/diagnostics.js";
import { fitCodebooks } from "../../src/quantiser/fit-codebooks.js";
import { countCodes } from "../../src/quantiser/k-means.js";
import { multiScaleScales } from "../../src/quantiser/multi-scale.js";
import { hostVectorQuantiser } from "../../src/quantiser/vector-quantiser.js";
import { randomStream } from "../../src/random/stream.js";
import { encode } from "../../src/walk/encode.js";
import { walk } from "../../src/walk/walk.js";
import { normals } from "../support/random.js";

const ITEMS = 200;
const VOCABULARY = 16;
const SIZES = [[1, 1], [2, 2], [4, 4]] as const; // prettier-ignore
const stream = randomStream(8, "fit");
const scales = multiScaleScales(hostGrid, { sizes: SIZES });
const start = hostTensor([ITEMS, 4, 4, 2]);

/** Grids with structure at every scale: each coarse cell's value is that of its parent and some more. */
const data: HostTensor = SIZES.map(([side], k) => {
  const values = hostTensor([ITEMS, side, side, 2], normals(`level ${k}`, ITEMS * side * side * 2));
  return scales[k]!.refine(start, values, start);
}).reduce((sum, grid) => hostGrid.add(sum, grid));

const meanSquare = ({ data: values }: HostTensor) => values.reduce((sum, x) => sum + x * x, 0) / values.length;

function evaluate(codebooks: readonly Codebook<HostTensor>[]) {
  const quantiser = hostVectorQuantiser(codebooks.map(({ embedding }) => embedding));
  const visits = [...walk(scales, start, encode(quantiser, data))];
  const diagnostics = quantiserDiagnostics(visits.map(() => VOCABULARY));
  visits.forEach(({ codes }, scale) => diagnostics.observe(scale, { hits: countCodes(codes.data, VOCABULARY) }));
  return {
    error: meanSquare(hostGrid.subtract(data, visits[visits.length - 1]!.state)),
    rows: diagnostics.scales(),
  };
}

const options = { vocabulary: VOCABULARY, stream, batchSize: 10 };

test("each scale is fitted on what the scales before it left", () => {
  const codebooks = fitCodebooks(scales, start, data, { ...options, sharing: "per-scale" });
  expect(codebooks.map(({ embedding }) => embedding.shape)).toEqual(SIZES.map(() => [VOCABULARY, 2]));
  const { error, rows } = evaluate(codebooks);
  for (const row of rows) expect(row.usage).toBe(1);
  // In wrong order, fine codebooks for coarse scales, the same codebooks leave far more.
  const reversed = evaluate([...codebooks].reverse());
  expect(error).toBeLessThan(0.15 * meanSquare(data));
  expect(error).toBeLessThan(0.9 * reversed.error);
});

test("a shared codebook serves every scale", () => {
  const codebooks = fitCodebooks(scales, start, data, { ...options, sharing: "shared" });
  expect(codebooks.length).toBe(1);
  const { error, rows } = evaluate(codebooks);
  for (const row of rows) expect(row.usage).toBeGreaterThanOrEqual(0.75);
  expect(error).toBeLessThan(0.25 * meanSquare(data));
  const perScale = evaluate(fitCodebooks(scales, start, data, { ...options, sharing: "per-scale" }));
  expect(perScale.error).toBeLessThan(error);
});

test("statistics start at the hits of one training step", () => {
  const hitsPerStep = (sharing: "shared" | "per-scale") =>
    fitCodebooks(scales, start, data, { ...options, sharing }).map(({ count }) => count.data.reduce((a, b) => a + b));
  hitsPerStep("per-scale").forEach((hits, k) => {
    expect(hits).toBeCloseTo(10 * SIZES[k]![0] ** 2, 3);
  });
  expect(hitsPerStep("shared")[0]).toBeCloseTo(10 * 21, 3);
});

test("a shared codebook starts at the hits of each scale's tokens, and codes mean what their sums say", () => {
  const [book] = fitCodebooks(scales, start, data, { ...options, sharing: "shared" });
  expect(book!.count.shape).toEqual([3, VOCABULARY]);
  SIZES.forEach(([side], k) => {
    const hits = book!.count.data.subarray(k * VOCABULARY, (k + 1) * VOCABULARY);
    expect(hits.reduce((a, b) => a + b)).toBeCloseTo(10 * side ** 2, 3);
  });
  book!.sum.data.forEach((sum, i) => {
    const code = Math.floor(i / 2);
    const hits = SIZES.reduce((total, _, k) => total + book!.count.data[k * VOCABULARY + code]!, 0);
    expect(sum / hits).toBeCloseTo(book!.embedding.data[i]!, 4);
  });
});

test("a fit can be repeated", () => {
  const fit = () => fitCodebooks(scales, start, data, { ...options, sharing: "shared" });
  expect(fit()).toEqual(fit());
});
