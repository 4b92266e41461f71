import { NextscaleError } from "@nextscale/engine";
import { expect, test } from "vitest";
import type { Score } from "../../src/index.js";
import { CATEGORIES } from "../../src/plot/colours.js";
import {
  lineCharts,
  plume,
  rankHistogramPlot,
  scoreByLead,
  spectraPlot,
  spreadSkillPlot,
} from "../../src/plot/index.js";
import { problemsOf, textsOf, withAttributes } from "./svg.fixture.js";

const HOUR = 3_600_000;
const validTimes = [0, 6, 12, 18, 24].map((hours) => Date.UTC(2020, 1, 28) + hours * HOUR);
const members = [0, 1, 2, 3].map((m) => validTimes.map((_, i) => 280 + m * i));

/** Scores of one metric, value by lead. */
function scoresOf(values: readonly number[], metric = "crps", hoursBetween = 24): Score[] {
  return values.map((value, i) => ({
    metric,
    region: "global",
    output: "z500",
    leadHours: (i + 1) * hoursBetween,
    value,
    state: Number.isNaN(value) ? "all-masked" : "scored",
    starts: 3,
    maskedShare: 0,
  }));
}

function refusal(draw: () => string): string {
  try {
    draw();
  } catch (error) {
    if (error instanceof NextscaleError) return `${error.code} ${error.where}`;
  }
  return "none";
}

const PLUME = { title: "t2m", label: "2 m temperature (K)", validTimes, members };
const SCORES = {
  title: "CRPS",
  label: "CRPS (m²/s²)",
  forecasters: [
    {
      name: "a & b",
      scores: scoresOf([1, 2, 3, 4]),
      intervals: [1, 2, 3, 4].map((x) => ({ lower: x - 0.5, upper: x + 0.5 })),
    },
    { name: "<c>", scores: scoresOf([2, Number.NaN, 4, 5]) },
  ],
};
const SPREAD = {
  title: "Spread and skill",
  label: "z500 (m²/s²)",
  forecasters: [
    {
      name: "a",
      spread: scoresOf([1, 2], "spread"),
      skill: scoresOf([1, 3], "skill"),
      ratio: scoresOf([1, 0.7], "ratio"),
    },
  ],
};
const SPECTRA = {
  title: "Spectrum",
  label: "energy",
  truth: [5, 4, 3, 2, 1],
  forecasters: [
    {
      name: "members",
      spectra: [
        [5, 4, 3, 2, 0],
        [5, 4, 3, 1, 0.5],
        [1, 1, 1, 1, 1],
      ],
    },
    { name: "mean", spectra: [[5, 4, 2, 1, 0.1]] },
  ],
};
const RANKS = { title: "Ranks", shares: [0.3, 0.2, 0.1, 0.4], cases: 100 };
const LINES = {
  title: "Quality against cost",
  x: { label: "Evaluations", scale: "log" },
  charts: [
    {
      label: "Valid (%)",
      scale: "linear",
      lines: [
        {
          name: "a",
          x: [4, 8, 100],
          y: [50, 80, 90],
          intervals: [50, 80, 90].map((y) => ({ lower: y - 5, upper: y + 5 })),
        },
        { name: "b", x: [1, 10], y: [10, 60] },
        { name: "compared with", x: [1, 100], y: [20, 40], reference: true },
      ],
      rules: [{ name: "real", value: 99 }],
    },
    {
      label: "Distance",
      scale: "log",
      lines: [{ name: "a", x: [4, 8, 100], y: [30, 0, 2] }],
      rules: [{ name: "floor", value: 1 }],
    },
  ],
} as const satisfies Parameters<typeof lineCharts>[0];

const PICTURES: Readonly<Record<string, () => string>> = {
  plume: () => plume(PLUME),
  scoreByLead: () => scoreByLead(SCORES),
  spreadSkillPlot: () => spreadSkillPlot(SPREAD),
  spectraPlot: () => spectraPlot(SPECTRA),
  rankHistogramPlot: () => rankHistogramPlot(RANKS),
  lineCharts: () => lineCharts(LINES),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  test(`${name} opens alone, is the same twice and is what was last looked at`, async () => {
    const svg = draw();
    expect(problemsOf(svg)).toEqual([]);
    expect(draw()).toBe(svg);
    await expect(svg).toMatchFileSnapshot(`pictures/${name}.svg`);
  });
}

test("a plume has a line for each member and says what it shows", () => {
  const lines = (svg: string) => withAttributes(svg, { "stroke-width": "0.7", "stroke-opacity": "0.5" });
  const swatch = 1;
  expect(lines(plume(PLUME))).toHaveLength(members.length + swatch);
  expect(textsOf(plume(PLUME))).toEqual(
    expect.arrayContaining(["median", "members", "2 m temperature (K)", "Valid time (UTC)"]),
  );
  expect(textsOf(plume(PLUME))).not.toContain("truth");
  const lower = validTimes.map(() => 275);
  const full = plume({ ...PLUME, truth: members[1]!, climatology: { lower, upper: members[3]! } });
  expect(textsOf(full)).toEqual(expect.arrayContaining(["truth", "climatology"]));
  const gap = plume({ ...PLUME, members: [...members, validTimes.map((_, i) => (i === 2 ? Number.NaN : 281))] });
  expect(problemsOf(gap)).toEqual([]);
});

test("a plume's median is the middle member", () => {
  const odd = members.slice(0, 3);
  const line = (svg: string, stroke: string) =>
    withAttributes(svg, { stroke, "stroke-opacity": "1" }).map((one) => one.children[0]!.attributes["d"]);
  const [median] = line(plume({ ...PLUME, members: odd }), "#08306b");
  const [truth] = line(plume({ ...PLUME, members: odd, truth: odd[1]! }), "#000000");
  expect(median).toBe(truth);
});

test("a rank histogram has a bar for each rank", () => {
  const svg = rankHistogramPlot(RANKS);
  const bars = withAttributes(svg, { fill: CATEGORIES[0] }).find(({ name }) => name === "g")!;
  expect(bars.children).toHaveLength(RANKS.shares.length);
});

test("a curve over lead has a point for each lead that was scored, in days beyond two of them", () => {
  const svg = scoreByLead(SCORES);
  const points = CATEGORIES.map((fill) =>
    withAttributes(svg, { fill }).find((one) => one.children[0]?.name === "circle"),
  );
  expect(points.map((one) => one?.children.length ?? 0).slice(0, 2)).toEqual([4, 3]);
  expect(textsOf(svg)).toEqual(expect.arrayContaining(["Lead (days)", "a & b", "<c>"]));
  const hours = scoreByLead({ ...SCORES, forecasters: [{ name: "a", scores: scoresOf([1, 2], "crps", 6) }] });
  expect(textsOf(hours)).toContain("Lead (hours)");
});

test("lines of one name have one colour and one entry, and what has no place on an axis of factors is a gap", () => {
  const svg = lineCharts(LINES);
  const points = (fill: string) =>
    withAttributes(svg, { fill }).filter((one) => one.children[0]?.name === "circle").map((one) => one.children.length); // prettier-ignore
  expect([points(CATEGORIES[0]), points(CATEGORIES[1])]).toEqual([[3, 2], [2]]);
  const texts = textsOf(svg);
  for (const name of ["a", "b", "real", "floor"]) expect(texts.filter((text) => text === name)).toHaveLength(1);
  expect(texts).toEqual(expect.arrayContaining(["Evaluations", "Valid (%)", "Distance"]));
});

test("scores in any order draw the same curve", () => {
  const [first] = SCORES.forecasters;
  const turned = { ...first!, scores: first!.scores.toReversed(), intervals: first!.intervals!.toReversed() };
  expect(scoreByLead({ ...SCORES, forecasters: [turned] })).toBe(scoreByLead({ ...SCORES, forecasters: [first!] }));
});

test("what cannot be drawn is refused by name", () => {
  const score = (values: readonly number[]) => ({ name: "a", scores: scoresOf(values) });
  const draw = (forecasters: Parameters<typeof scoreByLead>[0]["forecasters"]) =>
    refusal(() => scoreByLead({ ...SCORES, forecasters }));
  expect(draw([])).toBe("invalid-argument weather/scoreByLead");
  expect(draw(new Array(7).fill(score([1])))).toBe("invalid-argument weather/scoreByLead");
  expect(draw([score([])])).toBe("invalid-argument weather/scoreByLead");
  expect(draw([score([Number.NaN])])).toBe("invalid-data weather/scoreByLead");
  expect(draw([{ name: "a", scores: [...scoresOf([1]), ...scoresOf([1])] }])).toBe(
    "invalid-argument weather/scoreByLead",
  );
  expect(draw([{ name: "a", scores: [...scoresOf([1]), ...scoresOf([1], "rmse")] }])).toBe(
    "invalid-argument weather/scoreByLead",
  );
  expect(draw([{ ...score([1, 2]), intervals: [{ lower: 0, upper: 1 }] }])).toBe("shape weather/scoreByLead");
  expect(draw([score([1])])).toBe("none");

  const lines = (y: readonly number[], x = [1, 2]) =>
    refusal(() => lineCharts({ ...LINES, charts: [{ label: "", scale: "log", lines: [{ name: "a", x, y }] }] }));
  expect(lines([1, 2])).toBe("none");
  expect(lines([1])).toBe("shape weather/lineCharts");
  expect(lines([0, -1])).toBe("invalid-data weather/lineCharts");
  expect(lines([1, 2], [0, -1])).toBe("invalid-data weather/lineCharts");
  expect(refusal(() => lineCharts({ ...LINES, charts: [] }))).toBe("invalid-argument weather/lineCharts");

  expect(refusal(() => plume({ ...PLUME, members: [] }))).toBe("invalid-argument weather/plume");
  expect(refusal(() => plume({ ...PLUME, validTimes: validTimes.toReversed() }))).toBe(
    "invalid-argument weather/plume",
  );
  expect(refusal(() => plume({ ...PLUME, truth: [1] }))).toBe("shape weather/plume");
  expect(refusal(() => plume({ ...PLUME, members: [validTimes.map(() => Number.NaN)] }))).toBe(
    "invalid-data weather/plume",
  );
  expect(refusal(() => rankHistogramPlot({ ...RANKS, shares: [0.5, 0.4] }))).toBe(
    "invalid-argument weather/rankHistogramPlot",
  );
  expect(refusal(() => rankHistogramPlot({ ...RANKS, cases: 0 }))).toBe("invalid-argument weather/rankHistogramPlot");
  expect(refusal(() => spectraPlot({ ...SPECTRA, truth: [1, 0, 0, 0, 0] }))).toBe(
    "invalid-argument weather/spectraPlot",
  );
  expect(refusal(() => spectraPlot({ ...SPECTRA, truth: [1, 1] }))).toBe("shape weather/spectraPlot");
  expect(refusal(() => spectraPlot({ ...SPECTRA, forecasters: [{ name: "a", spectra: [] }] }))).toBe(
    "invalid-argument weather/spectraPlot",
  );
});
