import { expect, test } from "vitest";
import { formatDuration } from "../../src/training/duration.js";
import { createProgress, type ProgressOptions } from "../../src/training/progress.js";

/** A stream that keeps what is written and a clock that the test moves. */
function recorder(isTTY: boolean, columns?: number) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const stream = { isTTY, ...(columns === undefined ? {} : { columns }), write: (text: string) => written.push(text) };
  const options: ProgressOptions = { label: "training", total: 10_000, unit: "steps", now: () => clock.ms };
  return { written, clock, stream, options };
}

test("on a terminal one line is rewritten, at most ten times a second, and stays when closed", () => {
  const { written, clock, stream, options } = recorder(true, 120);
  const progress = createProgress(stream, options);
  for (let step = 1; step <= 50; step++) {
    clock.ms += 10;
    progress.update(step, { loss: 0.123456 });
  }
  expect(written).toHaveLength(5);
  clock.ms = 40_000;
  progress.update(4200, { loss: 0.01234567 });
  expect(written.at(-1)).toBe("\rtraining  42 %  4,200/10,000  loss 0.01235  105 steps/s  55 s left\u001b[K");
  progress.update(10_000);
  expect(written.at(-1)).toBe("\rtraining  100 %  10,000/10,000  250 steps/s  40 s in all\u001b[K");
  progress.close();
  progress.close();
  expect(written.filter((text) => text.includes("\n"))).toEqual(["\n"]);
});

test("a line never wraps", () => {
  const { written, stream, options } = recorder(true, 30);
  createProgress(stream, options).update(5000, { reconstruction: 1, commitment: 2 });
  expect(written[0]!.replace("\r", "").replace("\u001b[K", "")).toHaveLength(29);
});

test("off a terminal it is silent, or writes one line every so many per cent", () => {
  const silent = recorder(false);
  const progress = createProgress(silent.stream, silent.options);
  for (let step = 0; step <= 10_000; step += 100) progress.update(step);
  progress.close();
  expect(silent.written).toEqual([]);

  const { written, clock, stream, options } = recorder(false);
  const logged = createProgress(stream, { ...options, log: 25 });
  for (let step = 0; step <= 10_000; step += 100) {
    clock.ms += 10;
    logged.update(step, { loss: 1e-5 });
  }
  expect(written.map((line) => line.split("  ")[1])).toEqual(["25 %", "50 %", "75 %", "100 %"]);
  expect(written[0]).toBe("training  25 %  2,500/10,000  loss 1.00e-5  9,615 steps/s  0.8 s left\n");
});

test("a resumed run counts its own steps for the rate and all of them for the percentage", () => {
  const { written, clock, stream, options } = recorder(true, 100);
  const progress = createProgress(stream, { ...options, start: 9000 });
  clock.ms = 10_000;
  progress.update(9500);
  expect(written[0]).toContain("95 %  9,500/10,000  50 steps/s  10 s left");
});

test("durations", () => {
  const said = [0, 420, 9949, 9950, 59_499, 59_500, 185_000, 3_599_600, 7_800_000, 86_390_000, 273_600_000, Infinity];
  expect(said.map(formatDuration)).toEqual([
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 00 s",
    "3 min 05 s",
    "1 h 00 min",
    "2 h 10 min",
    "1 d 00 h",
    "3 d 04 h",
    "?",
  ]);
});

test("off a terminal lines come by the clock, from the start on, however uneven the work", () => {
  const { written, clock, stream, options } = recorder(false);
  const progress = createProgress(stream, { ...options, logMs: 60_000 });
  const at = (ms: number, done: number) => {
    clock.ms = ms;
    progress.update(done);
  };
  at(59_000, 9000);
  expect(written).toEqual([]);
  at(61_000, 9010);
  at(100_000, 9100);
  at(121_500, 9200);
  progress.close();
  expect(written.map((line) => line.slice(0, 34))).toEqual([
    "training  90 %  9,010/10,000  147.",
    "training  92 %  9,200/10,000  75.7",
  ]);
});
