import { expect, test } from "vitest";
import { costAt, frontierOf } from "../../src/study/report/frontier.js";
import { FULL_STEPS, STUDY_PARTS, studyPlan } from "../../src/study/report/study-plan.js";
import { frontierLines } from "../../src/study/report/study-picture.js";
import { partPictures } from "../../src/page/part-files.js";
import { cellOf, madeUpStudy } from "./made-up-study.js";

const point = (cost: number, distance: number) => ({ name: `${cost}`, cost, distance });
const points = [point(100, 1), point(1, 100), point(10, 10), point(50, 20), point(10, 30)];

test("the frontier leaves out what a cheaper point is as close as", () => {
  expect(frontierOf(points).map(({ cost }) => cost)).toEqual([1, 10, 100]);
});

test("costs lie on straight lines between logarithms", () => {
  // distance = 100 / cost throughout.
  for (const distance of [50, 10, 3, 1]) {
    expect(costAt(points, distance)).toMatchObject({
      kind: "interpolated",
      cost: expect.closeTo(100 / distance, 9) as number,
    });
  }
  // Slope -2: ten times closer for the root of ten more.
  expect(costAt([point(1, 100), point(10, 1)], 10)).toMatchObject({ cost: expect.closeTo(Math.sqrt(10), 9) as number });
});

test("what the cheapest point is closer than costs at most as much, and what none is as close as is never reached", () => {
  expect(costAt(points, 200)).toEqual({ kind: "at most", cost: 1, name: "1" });
  expect(costAt(points, 0.5)).toEqual({ kind: "never reached", closest: point(100, 1) });
  // What is exactly as close costs what it costs.
  expect(costAt(points, 100)).toEqual({ kind: "interpolated", cost: 1, name: "1" });
});

test("in a picture the frontier is a line, whatever the order of its points, and the others stand alone beside it", () => {
  const [line, rest, ...more] = frontierLines("cell", points);
  expect(more).toEqual([]);
  expect(line).toEqual({ name: "cell", x: [1, 10, 100], y: [100, 10, 1] });
  // A gap after each: nothing joins them.
  expect(rest).toEqual({ name: "cell", x: [50, Number.NaN, 10, Number.NaN], y: [20, Number.NaN, 30, Number.NaN] });
  expect(frontierLines("cell", points.slice(0, 1))).toHaveLength(1);
  expect(frontierLines("cell", [])).toEqual([]);
});

test.each(STUDY_PARTS)("all cells of the %s have a place in a picture, and colours that tell them apart", (part) => {
  const cells = studyPlan(part, FULL_STEPS).map(({ cell, group }) => ({ ...cellOf(cell, [[2, 10], [1, 20]]), group })); // prettier-ignore
  const pictures = partPictures(madeUpStudy(part, cells));
  const drawn = Object.values(pictures).join();
  const shown = cells.filter(({ group }) => group === "matrix" || (part === "frontier" && group === "diffusion"));
  for (const { label } of shown) expect(drawn).toContain(label.replace(/^\w+, /, ""));
  expect(Object.keys(pictures)).toHaveLength(part === "matrix" ? 1 : 4);
});
