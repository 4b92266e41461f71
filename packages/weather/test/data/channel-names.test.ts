import { expect, test } from "vitest";
import { channelOf, forecastVariable, requireUnits } from "../../src/data/channel-names.js";
import { sameUnits } from "../../src/data/units.js";

test("units are the same however they are written, and differ by prefix, power and quantity", () => {
  for (const text of ["m2 s-2", "m**2 s**-2", "m^2/s^2", "s-2 m2", "m2/s2"]) {
    expect(sameUnits(text, "m2 s-2"), text).toBe(true);
  }
  for (const text of ["m", "m2 s-1", "s-2", "gpm", "", "1"]) expect(sameUnits(text, "m2 s-2"), text).toBe(false);
  expect(sameUnits("kelvin", "K")).toBe(true);
  expect(sameUnits("degC", "K")).toBe(false);
  expect(sameUnits("hPa", "Pa")).toBe(false);
  for (const text of ["1", "kg/kg", "kg kg**-1"]) expect(sameUnits(text, "kg kg-1"), text).toBe(true);
  expect(sameUnits("100 Pa", "Pa")).toBe(false);
});

test("channels are known by their names, on levels and at the surface", () => {
  expect(forecastVariable("z500")).toEqual({
    ...{ name: "z500", standardName: "geopotential", units: "m2 s-2", longName: "geopotential at 500 hPa" },
  });
  expect(forecastVariable("t850")).toMatchObject({ standardName: "air_temperature", units: "K" });
  expect(forecastVariable("u200")).toMatchObject({ standardName: "eastward_wind", units: "m s-1" });
  expect(forecastVariable("q700")).toMatchObject({ standardName: "specific_humidity", units: "kg kg-1" });
  expect(forecastVariable("msl")).toMatchObject({ standardName: "air_pressure_at_mean_sea_level", units: "Pa" });
  expect(forecastVariable("t2m")).toMatchObject({ standardName: "air_temperature", units: "K" });
  expect(forecastVariable("soot")).toEqual({ name: "soot", longName: "soot" });
  expect(forecastVariable("toString")).toEqual({ name: "toString", longName: "toString" });
});

test("WeatherBench's names become channels", () => {
  expect(channelOf("geopotential", 500)).toBe("z500");
  expect(channelOf("2m_temperature")).toBe("t2m");
  expect(channelOf("z500")).toBe("z500");
  expect(channelOf("ozone", 50)).toBe("ozone50");
});

test("units that a channel does not have are refused, none are believed", () => {
  expect(() => requireUnits("test", "z500", { units: "m" })).toThrow(/expected z500 in m2 s-2, got m;/);
  requireUnits("test", "z500", {});
  requireUnits("test", "z500", { units: "m**2 s**-2" });
  requireUnits("test", "soot", { units: "anything" });
});
