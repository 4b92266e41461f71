import { permutation, randomStream } from "@nextscale/refinement-core";
import { describe, expect, test } from "vitest";
import { classifierDiscrepancy, permuted, type Graph } from "../../src/index.js";
import { fitLogistic } from "../../src/metrics/logistic-regression.js";
import { cycle, draws, path, randomGraph } from "../graph/small-graphs.js";

const stream = randomStream(0, "test/discrepancy");
const draw = draws("discrepancy");
const sparse = (count: number): Graph[] => Array.from({ length: count }, () => randomGraph(7, 25, draw));
const dense = (count: number): Graph[] => Array.from({ length: count }, () => randomGraph(7, 75, draw));

describe("classifierDiscrepancy", () => {
  test("is 0 or little more between sets of one kind, near 1 between different kinds, in between for a mixture", () => {
    const reference = sparse(48);
    const same = classifierDiscrepancy({ reference, samples: sparse(48) }, stream);
    const mixed = classifierDiscrepancy({ reference, samples: [...sparse(24), ...dense(24)] }, stream);
    const other = classifierDiscrepancy({ reference, samples: dense(48) }, stream);
    expect(same.discrepancy).toBeLessThan(0.35);
    expect(other.discrepancy).toBeGreaterThan(0.9);
    expect(mixed.discrepancy).toBeGreaterThan(same.discrepancy + 0.1);
    expect(mixed.discrepancy).toBeLessThan(other.discrepancy - 0.1);
    expect(other.crossValidated[other.statistic]).toBe(Math.max(...Object.values(other.crossValidated)));
  });

  test("does not depend on numbers of nodes, and repeats", () => {
    const [reference, samples] = [sparse(16), dense(16)];
    const shuffle = (graph: Graph, item: number): Graph =>
      permuted(graph, permutation(stream, graph.nodeCount, { item }));
    const one = classifierDiscrepancy({ reference, samples }, stream);
    const other = classifierDiscrepancy({ reference: reference.map(shuffle), samples: samples.map(shuffle) }, stream);
    expect(other.statistic).toBe(one.statistic);
    expect(other.discrepancy).toBeCloseTo(one.discrepancy, 8);
    expect(classifierDiscrepancy({ reference, samples }, stream)).toEqual(one);
  });

  test("tells sets apart in which all graphs are the same, and does not those that agree in everything", () => {
    const copies = (graph: Graph): Graph[] => Array<Graph>(12).fill(graph);
    expect(classifierDiscrepancy({ reference: copies(path(6)), samples: copies(cycle(6)) }, stream).discrepancy).toBeGreaterThan(0.8); // prettier-ignore
    expect(classifierDiscrepancy({ reference: copies(path(6)), samples: copies(path(6)) }, stream).discrepancy).toBeCloseTo(0, 6); // prettier-ignore
  });

  test("asks for graphs enough for its folds", () => {
    expect(() => classifierDiscrepancy({ reference: sparse(7), samples: sparse(20) }, stream)).toThrow("8 graphs with nodes or more in each set, got 7"); // prettier-ignore
  });
});

test("logistic regression: the gradient is zero where it ends, and what separates classes is found", () => {
  const rows = Array.from({ length: 60 }, () => Float64Array.from({ length: 3 }, () => draw(2000) / 1000 - 1));
  const labels = rows.map((row) => row[0]! + 0.3 * row[1]! + (draw(1000) / 1000 - 0.5) > 0.1);
  const logOdds = fitLogistic(rows, labels);
  const intercept = logOdds(new Float64Array(3));
  const weights = [0, 1, 2].map(
    (k) => logOdds(Float64Array.from({ length: 3 }, (_, j) => (j === k ? 1 : 0))) - intercept,
  );
  const errors = rows.map((row, i) => 1 / (1 + Math.exp(-logOdds(row))) - (labels[i]! ? 1 : 0));
  expect(errors.reduce((sum, error) => sum + error, 0)).toBeCloseTo(0, 4);
  weights.forEach((weight, k) => {
    expect(weight + errors.reduce((sum, error, i) => sum + error * rows[i]![k]!, 0)).toBeCloseTo(0, 4);
  });
  expect(weights[0]).toBeGreaterThan(Math.abs(weights[2]!));
});
