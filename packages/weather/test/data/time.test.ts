import { expect, test } from "vitest";
import { decodeTimes } from "../../src/data/time.js";

const iso = (value: number, units: string, calendar?: string) =>
  new Date(decodeTimes([value], units, calendar)[0]!).toISOString();

test("times of the common units and calendars", () => {
  expect(iso(876588, "hours since 1900-01-01 00:00:0.0")).toBe("2000-01-01T12:00:00.000Z");
  expect(iso(0.5, "days since 1970-01-01T00:00:00Z", "proleptic_gregorian")).toBe("1970-01-01T12:00:00.000Z");
  expect(iso(0, "seconds since 2000-01-01 00:00 +01:00")).toBe("1999-12-31T23:00:00.000Z");
  expect(iso(59, "days since 2000-01-01", "noleap")).toBe("2000-03-01T00:00:00.000Z");
  // udunits' mixed calendar is two days off the proleptic one in year 1.
  expect(iso(17067072, "hours since 1-1-1 00:00:0.0")).toBe("1948-01-01T00:00:00.000Z");
});

test("other calendars, units and dates are refused", () => {
  expect(() => decodeTimes([0], "days since 2000-01-01", "360_day")).toThrow(/calendar among/);
  for (const units of ["months since 2000-01-01", "hours", "days since 2001-02-29", "days since 2000-13-01"]) {
    expect(() => decodeTimes([0], units), units).toThrow(expect.objectContaining({ code: "invalid-data" }));
  }
  expect(() => decodeTimes([0], "days since 1500-01-01")).toThrow(/1582/);
  expect(() => decodeTimes([NaN], "days since 2000-01-01")).toThrow(/years/);
  expect(() => decodeTimes([Infinity], "days since 2000-01-01", "noleap")).toThrow(/years/);
});
