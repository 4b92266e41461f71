import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ancestralPlan,
  cosineNoise,
  ddimPlan,
  dpmSolverPlan,
  flowLevels,
  heunPlan,
  inflated,
  levelsAt,
  linearNoise,
  normals,
  randomStream,
  sampleByPlan,
  samplingTimes,
} from "../../src/index.js";
import { oracleGain, planGain, planVariance } from "./support.js";

const SCHEDULE = linearNoise(1000);
const trailing = (steps: number) => levelsAt(SCHEDULE, samplingTimes({ last: 1000, steps, spacing: "trailing" }));
/** What the exact flow multiplies a state by on its way from level T to clean data. */
const ideal = (variance: number) => {
  const { signal, noise } = SCHEDULE[1000]!;
  return Math.sqrt(variance / (signal ** 2 * variance + noise ** 2));
};

// research/images.md, section 3: computed once in NumPy from the formulae.
const STEPS = [10, 20, 50, 100, 1000];
const TABLE = [
  {
    variance: 0.25,
    exact: 0.500008,
    ddim: [0.369955, 0.431368, 0.471403, 0.485447, 0.498495],
    solver: [0.404764, 0.478211, 0.500551, 0.500793, 0.49997],
    ancestral: { small: 0.2461252, large: 0.2507521 },
  },
  {
    variance: 1,
    exact: 1,
    ddim: [0.829369, 0.911286, 0.963551, 0.981582, 0.998124],
    solver: [0.948156, 1.00133, 1.003035, 1.001032, 0.999987],
    ancestral: { small: 0.9910674, large: 0.9999 },
  },
  {
    variance: 4,
    exact: 1.999879,
    ddim: [1.71894, 1.854453, 1.940409, 1.969908, 1.996852],
    solver: [1.990473, 2.009139, 2.002617, 2.000673, 1.999875],
    ancestral: { small: 3.9747766, large: 3.9905693 },
  },
];

describe.each(TABLE)("normal data of variance $variance, denoised exactly", (row) => {
  const { variance, exact, ddim, solver, ancestral } = row;

  test("DDIM is off by about 1 / N, to the table's digits", async () => {
    expect(ideal(variance)).toBeCloseTo(exact, 6);
    for (const [i, steps] of STEPS.entries()) {
      expect(await planGain(ddimPlan(trailing(steps)), variance)).toBeCloseTo(ddim[i]!, 5);
    }
    const errorAt = async (steps: number) => Math.abs((await planGain(ddimPlan(trailing(steps)), variance)) - exact);
    expect(Math.log2((await errorAt(50)) / (await errorAt(100)))).toBeCloseTo(1, 1);
  });

  test("DPM-Solver++ of second order is off by less, to the table's digits", async () => {
    for (const [i, steps] of STEPS.entries()) {
      const gain = await planGain(dpmSolverPlan(trailing(steps), 2), variance);
      expect(gain).toBeCloseTo(solver[i]!, 5);
      if (steps >= 50) expect(Math.abs(gain - exact)).toBeLessThan(Math.abs(ddim[i]! - exact) / 5);
    }
  });

  test("DDPM has the table's variances, and a smaller and a larger one", () => {
    const of = (kind: "small" | "large") => planVariance(ancestralPlan(SCHEDULE.toReversed(), kind), variance);
    expect(of("small")).toBeCloseTo(ancestral.small, 6);
    expect(of("large")).toBeCloseTo(ancestral.large, 6);
  });

  test("Heun's method is of second order on the same levels", async () => {
    const errorAt = async (steps: number) => Math.abs((await planGain(heunPlan(trailing(steps)), variance)) - exact);
    expect(heunPlan(trailing(50))).toHaveLength(99);
    expect(await errorAt(100)).toBeLessThan(Math.abs(ddim[3]! - exact) / 5);
  });
});

describe("samplers that are the same", () => {
  const levels = fc
    .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 })
    .map((times) => [...times.sort((a, b) => b - a), 0]);
  const close = (a: ReturnType<typeof ddimPlan>, b: ReturnType<typeof ddimPlan>) => {
    expect(a).toHaveLength(b.length);
    a.forEach((step, i) => {
      expect(step.level).toEqual(b[i]!.level);
      for (const factor of ["state", "data", "before", "fresh"] as const) {
        expect(step[factor]).toBeCloseTo(b[i]![factor] as number, 9);
      }
    });
  };

  test("DDIM with eta 1 is DDPM with small variance, with all times and with any", () => {
    close(ddimPlan(SCHEDULE.toReversed(), 1), ancestralPlan(SCHEDULE.toReversed(), "small"));
    fc.assert(
      fc.property(levels, fc.constantFrom(SCHEDULE, cosineNoise(1000)), (times, schedule) =>
        close(ddimPlan(levelsAt(schedule, times), 1), ancestralPlan(levelsAt(schedule, times), "small")),
      ),
    );
  });

  test("DPM-Solver++ of first order is DDIM", () => {
    fc.assert(
      fc.property(levels, (times) => close(dpmSolverPlan(levelsAt(SCHEDULE, times), 1), ddimPlan(levelsAt(SCHEDULE, times)))), // prettier-ignore
    );
  });

  test("control: they are told from others", () => {
    const steps = trailing(10);
    expect(() => close(ddimPlan(steps, 0.9), ancestralPlan(steps, "small"))).toThrow();
    expect(() => close(ddimPlan(steps, 1), ancestralPlan(steps, "large"))).toThrow();
    expect(() => close(dpmSolverPlan(steps, 2), ddimPlan(steps))).toThrow();
  });
});

describe("a rectified flow between normal distributions", () => {
  // v = x (t s^2 - (1 - t)) / ((1 - t)^2 + t^2 s^2); the exact map is s times the start.
  const EULER = [
    { deviation: 0.5, gains: [0, 0.2, 0.34054, 0.43078, 0.49265] },
    { deviation: 1, gains: [0, 0.5, 0.72, 0.87898, 0.98723] },
    { deviation: 2, gains: [0, 0.8, 1.36216, 1.72313, 1.97058] },
  ];

  test.each(EULER)("of deviation $deviation: Euler's steps multiply by the table's numbers", async (row) => {
    for (const [i, steps] of [1, 2, 4, 10, 100].entries()) {
      expect(await planGain(ddimPlan(flowLevels(steps)), row.deviation ** 2)).toBeCloseTo(row.gains[i]!, 5);
    }
  });

  test.each(EULER)("of deviation $deviation: Heun's steps are exact to second order", async ({ deviation }) => {
    const errorAt = async (steps: number) => Math.abs((await planGain(heunPlan(flowLevels(steps)), deviation ** 2)) - deviation); // prettier-ignore
    // The last step sees no noise and is Euler's: what it is off by falls as the square of its length too.
    expect(Math.log2((await errorAt(100)) / (await errorAt(200)))).toBeGreaterThan(1.8);
    expect(await errorAt(100)).toBeLessThan(1e-3);
  });

  test("Heun's plan is what the flow's own rule gives, velocity by velocity", async () => {
    const variance = 0.7;
    const velocity = (x: number, t: number) => (x * (t * variance - (1 - t))) / ((1 - t) ** 2 + t ** 2 * variance);
    let x = 1;
    const h = 1 / 8;
    for (let i = 0; i < 7; i++) {
      const first = velocity(x, i * h);
      x += (h / 2) * (first + velocity(x + h * first, (i + 1) * h));
    }
    x += h * velocity(x, 7 * h);
    expect(await planGain(heunPlan(flowLevels(8)), variance)).toBeCloseTo(x, 12);
  });
});

describe("a stochastic plan", () => {
  const levels = levelsAt(SCHEDULE, samplingTimes({ last: 1000, steps: 20, spacing: "trailing" }));
  const COUNT = 6000;

  async function drawn(plan: ReturnType<typeof ddimPlan>, share?: number): Promise<number> {
    const stream = randomStream(1, "test/plan");
    const end = await sampleByPlan(plan, {
      start: normals(stream, { draws: COUNT }),
      noise: (step) => normals(stream, { scale: step + 1, draws: COUNT }),
      denoise: (state, level) => {
        const data = state.map((value) => value * oracleGain(level, 1));
        return share === undefined ? { data } : { data, share: new Float32Array(COUNT).fill(share) };
      },
    });
    return end.reduce((sum, value) => sum + value * value, 0) / COUNT;
  }

  test("draws what the exact variance says, in single precision", async () => {
    for (const plan of [ancestralPlan(levels, "large"), ancestralPlan(levels, "small"), ddimPlan(levels, 0.5)]) {
      // Four standard errors of a variance from so many draws.
      expect(Math.abs((await drawn(plan)) / planVariance(plan, 1) - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
    }
  });

  test("with a learned variance the share chooses between the two fixed ones", async () => {
    const learned = ancestralPlan(levels, "learned");
    expect(await drawn(learned, 1)).toBeCloseTo(await drawn(ancestralPlan(levels, "large")), 5);
    expect(await drawn(learned, 0)).toBeCloseTo(await drawn(ancestralPlan(levels, "small")), 5);
    const half = await drawn(learned, 0.5);
    expect(half).toBeGreaterThan(await drawn(learned, 0));
    expect(half).toBeLessThan(await drawn(learned, 1));
    expect(await drawn(learned)).toBe(half);
  });

  test("without its noise is deterministic, and with more of it wider", async () => {
    const plan = ancestralPlan(levels, "large");
    expect(planVariance(inflated(plan, 1.2), 1)).toBeGreaterThan(planVariance(plan, 1));
    expect(inflated(plan, 0).every(({ fresh }) => fresh === 0)).toBe(true);
    expect(inflated(ancestralPlan(levels, "learned"), 2)[0]!.fresh).toEqual({
      least: 2 * (ancestralPlan(levels, "small")[0]!.fresh as number),
      most: 2 * (plan[0]!.fresh as number),
    });
  });

  test("shows the network what it said before, and starts from nothing said", async () => {
    const seen: (number | undefined)[] = [];
    await sampleByPlan(ddimPlan(levels.slice(-4)), {
      start: Float64Array.of(1),
      noise: () => [],
      denoise: (_, level, before) => {
        seen.push(before?.data[0]);
        return { data: Float64Array.of(level.time) };
      },
    });
    expect(seen).toEqual([undefined, levels.at(-4)!.time, levels.at(-3)!.time]);
  });
});
