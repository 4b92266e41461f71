import fc from "fast-check";
import { expect, test } from "vitest";
import {
  decimal,
  gridSize,
  integer,
  isoTime,
  names,
  point,
  positiveNumbers,
  shard,
  shardRange,
  substeps,
  sweeps,
  years,
} from "../src/options.js";

test("integers are whole and inside their range", () => {
  expect(integer(1)("64")).toBe(64);
  for (const bad of ["0", "-3", "1.5", "1e3", "", "six", "NaN", "Infinity", "0x10"]) {
    expect(() => integer(1)(bad), bad).toThrow(/Expected a whole number of at least 1, got/);
  }
  expect(() => integer(0, 9)("10")).toThrow(/from 0 to 9, got "10"/);
  expect(() => integer(1)("99999999999999999999")).toThrow(/from 1 to 9007199254740991, got/);
});

test("decimals are finite and inside their range", () => {
  expect(decimal(0)("0")).toBe(0);
  expect(decimal(0, { maximum: 1 })("0.9")).toBe(0.9);
  for (const bad of ["", " ", "abc", "NaN", "Infinity", "-1"]) expect(() => decimal(0)(bad), bad).toThrow(/got/);
  expect(() => decimal(0, { inclusive: false })("0")).toThrow(/above 0/);
});

test("shards read i/n and nothing else", () => {
  expect(shard("2/4")).toEqual({ index: 2, count: 4 });
  for (const bad of ["4/4", "1", "1/0", "-1/2", "a/b", "1/2/3", ""]) expect(() => shard(bad), bad).toThrow(/i\/n/);
});

test("shards of any job cover it once, in order, evenly", () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 50 }), (total, count) => {
      const ranges = Array.from({ length: count }, (_, index) => shardRange(total, { index, count }));
      expect(ranges[0]!.start).toBe(0);
      expect(ranges.at(-1)!.end).toBe(total);
      for (let i = 1; i < count; i++) expect(ranges[i]!.start).toBe(ranges[i - 1]!.end);
      const sizes = ranges.map(({ start, end }) => end - start);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test("times are in UTC unless they name a zone", () => {
  const noon = Date.UTC(2001, 2, 1, 12);
  for (const text of ["2001-03-01T12:00", "2001-03-01T12:00:00Z", "2001-03-01T14:00+02:00"]) {
    expect(isoTime(text), text).toBe(noon);
  }
  expect(isoTime("2001-03-01")).toBe(Date.UTC(2001, 2, 1));
  for (const bad of ["", "1", "2001", "01.03.2001", "2001-13-01", "2001-03-01T25:00", "noon"]) {
    expect(() => isoTime(bad), bad).toThrow(/a time such as/);
  }
});

test("lists, years, places and grids read their notation and nothing else", () => {
  expect(names("a,b")).toEqual(["a", "b"]);
  expect(positiveNumbers("500,850")).toEqual([500, 850]);
  expect(years("2000-2009")).toEqual([2000, 2009]);
  expect(years("2019")).toEqual([2019, 2019]);
  expect(point("-35,150")).toEqual({ latitude: -35, longitude: 150 });
  expect(gridSize("64x32")).toEqual({ columns: 64, rows: 32, kind: "equiangular" });
  expect(gridSize("gaussian-64x32").kind).toBe("gaussian");
  expect(substeps("exact")).toBe("exact");
  expect(substeps("4")).toBe(4);
  expect(substeps("exact,2,1")).toEqual(["exact", 2, 1]);
  expect(substeps("1000000")).toBe(1_000_000);
  expect(["0", "100"].map(sweeps)).toEqual([0, 100]);
  const bad: [(text: string) => unknown, string[]][] = [
    [substeps, ["", "0", "-1", "1.5", "all", "5,,1", "exact,0", "1000001", "exact+1"]],
    [sweeps, ["", "-1", "1.5", "101", "many"]],
    [names, ["", "a,,b"]],
    [positiveNumbers, ["", "0", "-1,2", "a"]],
    [years, ["", "2009-2000", "99", "2000-", "2000-2009-2010"]],
    [point, ["", "50", "91,0", "50,10,3", "a,b", ","]],
    [gridSize, ["", "64", "64x1", "x", "gauss-64x32", "64x32x2"]],
  ];
  for (const [parse, texts] of bad) for (const text of texts) expect(() => parse(text), text).toThrow(/Expected/);
});
