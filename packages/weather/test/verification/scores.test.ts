import { normals, randomStream } from "@nextscale/refinement-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anomalyCorrelation,
  bias,
  brierScore,
  createAggregator,
  debiasedRmse,
  energyScore,
  equiangularGrid,
  gaussianGrid,
  mae,
  rankHistogram,
  rankHistogramUnevenness,
  regionalGrid,
  regionWeights,
  reliability,
  rmse,
  rowSpectrum,
  skill,
  sphericalHarmonics,
  sphericalSpectrum,
  spread,
  spreadSkillRatio,
  STANDARD_REGIONS,
  vectorRmse,
  WHOLE_GRID,
  zonalSpectrum,
  type FieldLayout,
  type ScoreRegion,
} from "../../src/index.js";
import { reliableCases, scoreOf, SMALL, uniformCase } from "./cases.js";

const NAN = Number.NaN;

describe("errors of the mean", () => {
  test("squares are averaged over starts before the root", () => {
    const cases = [uniformCase([1, 5], 0), uniformCase([3], 4)];
    expect(scoreOf(rmse(), cases).value).toBeCloseTo(Math.sqrt(5), 12);
    expect(scoreOf(bias(), cases).value).toBe(1);
    expect(scoreOf(mae(), cases).value).toBe(2);
  });

  test("wind vector of WeatherBench 2", () => {
    const layout: FieldLayout = { ...SMALL, channels: ["u", "v"] };
    const field = (u: number, v: number): Float32Array => Float32Array.of(u, u, u, u, v, v, v, v);
    const one = { start: 0, leadHours: 6, members: [field(3, -4)], truth: field(-3, 4) };
    const wind = { name: "wind", u: "u", v: "v" };
    expect(scoreOf(vectorRmse(wind), [one], layout)).toMatchObject({ value: 10, output: "wind" });
    expect(() => scoreOf(vectorRmse({ ...wind, u: "w" }), [one], layout)).toThrow(/one of the channels u, v/);
  });

  test("area weights: an error at the poles counts less", () => {
    const layout: FieldLayout = { grid: equiangularGrid(6, 2), channels: ["z"] };
    const errorInRow = (row: number): number => {
      const one = uniformCase([0], 0, layout);
      one.truth.fill(1, 2 * row, 2 * row + 2);
      return scoreOf(mae(), [one], layout).value;
    };
    expect(errorInRow(0)).toBeCloseTo((1 - Math.sqrt(3) / 2) / 2, 12);
    expect(errorInRow(3)).toBeCloseTo(1 / 4, 12);
  });
});

describe("anomaly correlation", () => {
  const climatology = Float32Array.of(1, 2, 3, 4);
  const truth = Float32Array.of(2, 1, 5, 4);
  const mirrored = climatology.map((c, i) => 2 * c - truth[i]!);
  const of = (member: Float32Array) => ({ start: 0, leadHours: 24, members: [member], truth, climatology });

  test.each(["mean-of-starts", "sums-first"] as const)("%s: truth 1, mirrored truth -1", (aggregation) => {
    const metric = anomalyCorrelation(aggregation);
    expect(scoreOf(metric, [of(truth)]).value).toBeCloseTo(1, 12);
    expect(scoreOf(metric, [of(mirrored)]).value).toBeCloseTo(-1, 12);
    expect(() => scoreOf(metric, [uniformCase([1], 1)])).toThrow(/a case with a climatology/);
  });

  test("a start with large anomalies weighs more in sums-first only", () => {
    const large = { ...of(mirrored), truth: climatology.map((c, i) => c + 3 * (truth[i]! - c)) };
    expect(scoreOf(anomalyCorrelation(), [of(truth), large]).value).toBeCloseTo(0, 12);
    expect(scoreOf(anomalyCorrelation("sums-first"), [of(truth), large]).value).toBeLessThan(-0.3);
  });
});

describe("spread and skill", () => {
  const cases = [uniformCase([0, 2, 4, 6], 7)];

  test("known answer", () => {
    expect(scoreOf(spread(), cases).value ** 2).toBeCloseTo(20 / 3, 10);
    expect(scoreOf(skill(), cases).value).toBe(4);
    expect(scoreOf(spreadSkillRatio(), cases).value).toBeCloseTo(0.7216878, 7);
    expect(scoreOf(spreadSkillRatio("debiased-skill"), cases).value).toBeCloseTo(0.6819943, 7);
  });

  // The identities that hold between the published scores of GenCast, here with as many members.
  test("50 members: debiased MSE = MSE - variance/50, ratio² = 1.02 variance/MSE", () => {
    const many = reliableCases(5, 50);
    const squares = [rmse(), debiasedRmse(), spread(), spreadSkillRatio()].map((one) => scoreOf(one, many).value ** 2);
    const [mse, debiased, variance, ratio] = squares as [number, number, number, number];
    expect(debiased).toBeCloseTo(mse - variance / 50, 10);
    expect(ratio).toBeCloseTo((1.02 * variance) / mse, 10);
  });

  test("1 for a reliable ensemble, less for a narrow one", () => {
    for (const form of ["inflated-spread", "debiased-skill"] as const) {
      expect(Math.abs(scoreOf(spreadSkillRatio(form), reliableCases(2000, 5)).value - 1)).toBeLessThan(0.03);
      expect(scoreOf(spreadSkillRatio(form), reliableCases(2000, 5, SMALL, 0.6)).value).toBeLessThan(0.75);
    }
  });

  test.each([spread(), spreadSkillRatio(), debiasedRmse(), energyScore()])("$name needs two members", (metric) => {
    expect(() => scoreOf(metric, [uniformCase([1], 1)])).toThrow(/at least 2 members/);
  });
});

describe("rank histogram", () => {
  test("flat for a reliable ensemble, U-shaped for a narrow one", () => {
    const flat = scoreOf(rankHistogram({ seed: 1 }), reliableCases(2000, 5)).value;
    expect(flat.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(rankHistogramUnevenness(flat) * 8000).toBeLessThan(25);
    const narrow = scoreOf(rankHistogram({ seed: 1 }), reliableCases(2000, 5, SMALL, 0.5)).value;
    expect(rankHistogramUnevenness(narrow) * 8000).toBeGreaterThan(500);
    expect(Math.min(narrow[0]!, narrow[5]!)).toBeGreaterThan(0.2);
  });

  test("ties with the truth rank evenly, reproducibly", () => {
    const layout: FieldLayout = { grid: equiangularGrid(32, 64), channels: ["rain"] };
    const cases = Array.from({ length: 4 }, (_, start) => uniformCase([0, 0, 0, 1], 0, layout, { start }));
    const shares = scoreOf(rankHistogram({ seed: 1 }), cases, layout).value;
    for (let rank = 0; rank < 4; rank++) expect(Math.abs(shares[rank]! - 0.25)).toBeLessThan(0.03);
    expect(shares[4]).toBe(0);
    expect(scoreOf(rankHistogram({ seed: 1 }), cases, layout).value).toEqual(shares);
    expect(scoreOf(rankHistogram({ seed: 2 }), cases, layout).value).not.toEqual(shares);
  });

  test("another number of members is refused", () => {
    const cases = [uniformCase([0, 1], 0), uniformCase([0, 1, 2], 0)];
    expect(() => scoreOf(rankHistogram({ seed: 1 }), cases)).toThrow(/3 components/);
  });
});

test("energy score: known answer with weights 1.5 and 0.5", () => {
  // A mask of shares gives two cells of the small grid the weights 1.5 : 0.5.
  const region = { name: "part", mask: [0.9, 0, 0.3, 0] };
  const one = {
    start: 0,
    leadHours: 24,
    members: [Float32Array.of(0, 9, 0, 9), Float32Array.of(3, 9, 4, 9)],
    truth: Float32Array.of(0, 0, 4, 0),
  };
  expect(scoreOf(energyScore("fair"), [one], SMALL, region).value).toBeCloseTo(0.6596784, 6);
  expect(scoreOf(energyScore("biased"), [one], SMALL, region).value).toBeCloseTo(1.4793583, 7);
  const reversed = { ...one, members: one.members.toReversed() };
  expect(scoreOf(energyScore("fair"), [reversed], SMALL, region).value).toBeCloseTo(0.6596784, 6);
});

describe("events", () => {
  test("Brier score", () => {
    const cases = [uniformCase([0, 1, 2, 3], 5)];
    expect(scoreOf(brierScore({ z: 1.5 }, "biased"), cases).value).toBeCloseTo(0.25, 12);
    expect(scoreOf(brierScore({ z: 1.5 }), cases).value).toBeCloseTo(0.25 - 0.25 / 3, 12);
    expect(scoreOf(brierScore({ z: 9 }), cases).value).toBe(0);
    expect(() => scoreOf(brierScore({ t: 1 }), cases)).toThrow(/a finite threshold for channel z/);
  });

  test("reliability: diagonal for a reliable ensemble, and Murphy's sum is the Brier score", () => {
    const cases = reliableCases(3000, 4);
    const curve = scoreOf(reliability({ z: 0.5 }, 5), cases).value;
    const brier = scoreOf(brierScore({ z: 0.5 }, "biased"), cases).value;
    expect(curve.reliability - curve.resolution + curve.uncertainty).toBeCloseTo(brier, 10);
    expect([...curve.probability].map((p) => Math.round(4 * p))).toEqual([0, 1, 2, 3, 4]);
    const sharp = scoreOf(reliability({ z: 0.5 }, 5), reliableCases(3000, 4, SMALL, 0.2)).value;
    expect(sharp.reliability).toBeGreaterThan(1.2 * curve.reliability);
  });
});

describe("zonal spectrum", () => {
  test("cos 3λ has half its square at wavenumber 3, and the Nyquist term is not doubled", () => {
    const wave = Float64Array.from({ length: 16 }, (_, i) => Math.cos((2 * Math.PI * 3 * i) / 16));
    rowSpectrum(wave).forEach((power, k) => expect(power).toBeCloseTo(k === 3 ? 0.5 : 0, 12));
    expect(rowSpectrum([1, -1, 1, -1])[2]).toBeCloseTo(1, 12);
  });

  test("Parseval for any length", () => {
    const row = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 33 });
    fc.assert(
      fc.property(row, (values) => {
        const power = rowSpectrum(values).reduce((sum, value) => sum + value, 0);
        expect(power).toBeCloseTo(values.reduce((sum, value) => sum + value ** 2, 0) / values.length, 9);
      }),
    );
  });

  test("circles of latitude, of truth and members", () => {
    const layout: FieldLayout = { grid: equiangularGrid(2, 8), channels: ["z"] };
    const one = uniformCase([0, 2], 3, layout);
    const circle = 2 * Math.PI * 6367.5 * Math.SQRT1_2;
    const at0 = (of: "truth" | "members" | "mean"): number => scoreOf(zonalSpectrum(of), [one], layout).value[0]!;
    expect(at0("truth")).toBeCloseTo(9 * circle, 6);
    expect(at0("members")).toBeCloseTo(2 * circle, 6);
    expect(at0("mean")).toBeCloseTo(circle, 6);
  });
});

describe("spherical spectrum", () => {
  const layout: FieldLayout = { grid: gaussianGrid(8, 16), channels: ["z"] };
  const powersOf = (truth: Float32Array, region?: ScoreRegion, of: "truth" | "members" = "truth") =>
    scoreOf(sphericalSpectrum(of), [{ ...uniformCase([0, 2], 0, layout), truth }], layout, region).value;

  test("a harmonic has its square at its total wavenumber, wherever its poles are", () => {
    const { synthesise, index, count } = sphericalHarmonics(layout.grid, 5);
    for (const order of [0, 2, 4]) {
      const coefficients = new Float64Array(2 * count);
      coefficients[2 * index(4, order)] = 3;
      const powers = powersOf(Float32Array.from(synthesise(coefficients)));
      expect(powers).toHaveLength(8);
      powers.forEach((power, n) => expect(power).toBeCloseTo(n === 4 ? (order === 0 ? 9 : 18) : 0, 4));
    }
  });

  test("it adds up to the mean square, of members as of the truth", () => {
    const { synthesise, count } = sphericalHarmonics(layout.grid, 5);
    const draws = normals(randomStream(3, "test/spectrum"), { sites: 1, draws: 2 * count });
    const truth = Float32Array.from(synthesise(Float64Array.from(draws)));
    const meanSquare = scoreOf(rmse(), [{ ...uniformCase([0], 0, layout), truth }], layout).value ** 2;
    expect(powersOf(truth).reduce((sum, power) => sum + power, 0)).toBeCloseTo(meanSquare, 4);
    expect(powersOf(truth, WHOLE_GRID, "members")[0]).toBeCloseTo(2, 5);
  });

  test("it is of the whole globe", () => {
    const truth = new Float32Array(128).fill(1);
    expect(() => powersOf(truth, STANDARD_REGIONS[1])).toThrow(/the whole globe/);
    const region = { grid: regionalGrid([0, 10], [0, 10]), channels: ["z"] };
    expect(() => scoreOf(sphericalSpectrum("mean"), [uniformCase([1], 1, region)], region)).toThrow(
      /grid of the globe/,
    );
    truth[3] = NAN;
    expect(powersOf(truth).every(Number.isNaN)).toBe(true);
  });
});

describe("masks, regions and bins", () => {
  test("a masked cell is left out with its weight, in every statistic", () => {
    const masked = uniformCase([1, 2], 4);
    masked.truth[1] = NAN;
    masked.members[0]![2] = NAN;
    const metrics = [rmse(), spread(), energyScore(), brierScore({ z: 1.5 }), spreadSkillRatio()];
    for (const metric of metrics) {
      const score = scoreOf(metric, [masked]);
      expect(score.value).toBeCloseTo(scoreOf(metric, [uniformCase([1, 2], 4)]).value, 12);
      expect(score.maskedShare).toBeCloseTo(0.5, 12);
    }
  });

  test("a wholly masked region is NaN and says so", () => {
    const masked = uniformCase([1, 2], NAN);
    for (const metric of [rmse(), energyScore(), spreadSkillRatio()]) {
      expect(scoreOf(metric, [masked])).toMatchObject({ value: NAN, state: "all-masked", maskedShare: 1 });
    }
    expect(scoreOf(rankHistogram({ seed: 1 }), [masked]).value.every(Number.isNaN)).toBe(true);
    // One start with cells is enough.
    expect(scoreOf(rmse(), [masked, uniformCase([1], 3)])).toMatchObject({ value: 2, state: "scored", starts: 2 });
  });

  test("the standard regions, and a range over 0 degrees", () => {
    const grid = equiangularGrid(18, 36);
    const area = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
    const [all, tropics, north, south] = STANDARD_REGIONS.map((region) => area(regionWeights(grid, region)));
    expect(all).toBeCloseTo(1, 12);
    expect(tropics).toBeCloseTo(Math.sin(Math.PI / 9), 12);
    expect(north! + south! + tropics!).toBeCloseTo(1, 12);
    expect(area(regionWeights(grid, { name: "zero", longitudes: [350, 10] }))).toBeCloseTo(3 / 36, 12);
    expect(() => regionWeights(grid, { name: "none", latitudes: [1, 2] })).toThrow(/at least one cell/);
  });

  test("leads and regions are bins; parts merge into the whole", () => {
    const cases = reliableCases(6, 3).map((one, i) => ({ ...one, leadHours: 24 * (1 + (i % 2)) }));
    const options = {
      layout: SMALL,
      metrics: [rmse(), spread()],
      regions: STANDARD_REGIONS.filter((r) => r.name !== "tropics"),
    };
    const [whole, first, second] = [createAggregator(options), createAggregator(options), createAggregator(options)];
    cases.forEach((one, i) => {
      whole.add(one);
      (i < 2 ? first : second).add(one);
    });
    first.merge(second);
    const expected = whole.scores(rmse());
    expect(expected.map(({ leadHours, region }) => `${leadHours} ${region}`)).toHaveLength(6);
    first.scores(rmse()).forEach((score, i) => expect(score.value).toBeCloseTo(expected[i]!.value, 12));
    expect(() => whole.scores(mae())).toThrow(/that it was made for/);
  });
});

test.each([
  ["no members", uniformCase([], 1), "invalid-argument"],
  ["a short truth", { ...uniformCase([1], 1), truth: new Float32Array(3) }, "shape"],
  ["a long member", { ...uniformCase([1], 1), members: [new Float32Array(5)] }, "shape"],
  ["an infinite truth", uniformCase([1], Infinity), "invalid-data"],
  ["an infinite member", uniformCase([-Infinity], 1), "invalid-data"],
  ["no lead", { ...uniformCase([1], 1), leadHours: NAN }, "invalid-argument"],
])("%s is refused", (_name, one, code) => {
  expect(() => scoreOf(rmse(), [one])).toThrow(expect.objectContaining({ name: "NextscaleError", code }));
});
