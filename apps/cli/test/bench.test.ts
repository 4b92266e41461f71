import { expect, test } from "vitest";
import { benchParts } from "../src/bench/parts.js";
import { readPeerTimes } from "../src/bench/peer.js";
import { formatReport, type BenchReport } from "../src/bench/report.js";
import { median, quartiles } from "../src/bench/statistics.js";

test("median and quartiles of known values", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quartiles([5, 1, 3, 2, 4])).toEqual([2, 4]);
  expect(quartiles([7])).toEqual([7, 7]);
});

test("parts are named, in any order, or refused", () => {
  expect(benchParts("conv,mlp")).toEqual(["mlp", "conv"]);
  for (const bad of ["", "mlp,", "mlp,unet"]) expect(() => benchParts(bad), bad).toThrow(/Expected some of mlp,/);
});

const times = { torch: "2.9.0", threads: 2, stepMs: 12.5, stepQuartiles: [12, 13] };

test("PyTorch's result is its last line, whatever is printed before it", () => {
  const line = JSON.stringify(times);
  expect(readPeerTimes(`${line}\n`)).toEqual(times);
  expect(readPeerTimes(`UserWarning: {"old": "driver"}\n\n${line}\n\n`)).toEqual(times);
});

test("control: anything else is no result", () => {
  const unnamed = { ...times, torch: undefined };
  const bad = ["", "\n", "Killed", "null", "12", "{}", JSON.stringify(unnamed), `${JSON.stringify(times)}\nwarning`];
  for (const stdout of bad) expect(readPeerTimes(stdout), stdout).toBeUndefined();
  expect(readPeerTimes(JSON.stringify({ ...times, stepQuartiles: [1] }))).toBeUndefined();
});

test("the report shows medians, spread, rate and PyTorch, and warns of an unsteady machine", () => {
  const report: BenchReport = {
    machine: {
      processor: "Test",
      cores: 2,
      memoryGiB: 8,
      platform: "linux x64",
      node: "20.0.0",
      nextscale: "0.0.0",
    },
    engine: "onnxruntime-node/cpu",
    threads: 2,
    repeats: 15,
    load: 1.5,
    rates: [100, 150],
    drift: 0.5,
    networks: [
      {
        key: "mlp",
        name: "MLP",
        traceMs: 20,
        sessionMs: 80,
        stepsPerRun: 16,
        stepMs: 12.94,
        stepQuartiles: [12.5, 13.5],
        gflops: 110,
        rate: 140,
        fraction: 0.78,
        fractionRange: [0.7, 0.8],
        torch: { stepMs: 25.88, stepQuartiles: [25, 26], ratio: 2 },
      },
    ],
    generation: {
      model: "mnist",
      loadMs: 250,
      runs: [{ count: 64, firstMs: 900, ms: 200, quartiles: [190, 210] }],
    },
    forecasting: {
      model: "sim",
      members: [{ members: 16, firstMs: 900, ms: 200, quartiles: [190, 210] }],
      heads: [
        { head: "categorical", networkEvaluations: 5, members: 16, firstMs: 900, ms: 200, quartiles: [190, 210] },
        { head: "diffusion", networkEvaluations: 78, members: 16, firstMs: 900, ms: 4000, quartiles: [3900, 4100] },
      ],
    },
    graphs: { skipped: "not among --only" },
    peer: { torch: "2.9.0", threads: 2 },
  };
  const text = formatReport(report).join("\n");
  expect(text).toContain("drift 50 %: the machine's speed is not steady");
  expect(text).toContain("Other work was running here (load 1.5 on 2 processors)");
  expect(text).toMatch(/MLP +16 +12\.9 ms +12\.5 to 13\.5 ms +78 % +70 to 80 % +20\.0 ms +80\.0 ms +25\.9 ms +2\.00 x/);
  expect(text).toMatch(/64 digits +200 ms +190 to 210 ms +320 a second +900 ms/);
  expect(text).toMatch(/16 members +200 ms +190 to 210 ms +80 a second +900 ms/);
  expect(text).toMatch(/diffusion +78 +4000 ms +3900 to 4100 ms +20\.00 x/);
  const none = formatReport({
    ...report,
    load: 0,
    networks: [],
    peer: null,
    generation: { skipped: "not among --only" },
    forecasting: { skipped: "not among --only" },
  });
  expect(none.join("\n")).not.toContain("Other work");
  expect(none.join("\n")).toMatch(
    /Generation skipped: not among --only\.\n\nForecasting skipped: not among --only\.\n\nGraphs skipped: not among --only\.$/,
  );
});
