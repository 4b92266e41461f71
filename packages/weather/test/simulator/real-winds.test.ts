import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { equiangularGrid, gaussianGrid } from "../../src/grid/grid.js";
import { variableOf } from "../../src/data/dataset.js";
import { gridOf, readFields } from "../../src/data/grid-of.js";
import { readNetcdf3File } from "../../src/node/netcdf3-file.js";
import { balancedGeopotential } from "../../src/simulator/outputs.js";
import { TUNED_PARAMETERS } from "../../src/simulator/parameters.js";
import { sphericalHarmonics, type SphericalHarmonics } from "../../src/simulator/spherical-harmonics.js";
import { testWithData } from "../data/weather-data.fixture.js";
import { relative } from "./fields.fixture.js";

/** Metres, the value of the reference. */
const RADIUS_OF_WINDSPHARM = 6.3712e6;

testWithData("windspharm-reference", "windspharm's vorticity, divergence, potentials and winds", (folder) => {
  const read = (name: string) => southFirst(join(folder, "gaussian"), name);
  const harmonics = sphericalHarmonics(gaussianGrid(72, 144), 71);
  const { curl, divergence } = harmonics.curlAndDivergence(read("uwnd"), read("vwnd"));
  const field = (coefficients: Float64Array, scale: number) =>
    harmonics.synthesise(coefficients).map((value) => value * scale);
  const [psi, chi] = [harmonics.inverseLaplacian(curl), harmonics.inverseLaplacian(divergence)];
  // The reference is float32, truncated at T72 where we have T71.
  expect(relative(field(curl, 1 / RADIUS_OF_WINDSPHARM), read("vrt"))).toBeLessThan(1e-3);
  expect(relative(field(divergence, 1 / RADIUS_OF_WINDSPHARM), read("div"))).toBeLessThan(2e-3);
  expect(relative(field(psi, RADIUS_OF_WINDSPHARM), read("psi"))).toBeLessThan(1e-5);
  expect(relative(field(chi, RADIUS_OF_WINDSPHARM), read("chi"))).toBeLessThan(1e-5);
  const wind = windOf(harmonics, psi, chi.fill(0));
  expect(relative(wind.u, read("upsi"))).toBeLessThan(1e-3);
  expect(relative(wind.v, read("vpsi"))).toBeLessThan(1e-3);
  // Control: upside down it is another field.
  expect(relative(field(psi, RADIUS_OF_WINDSPHARM), read("psi").toReversed())).toBeGreaterThan(0.1);
  return Promise.resolve();
});

testWithData(
  "eraint-uvz-global",
  "a January of ERA-Interim: winds from their potentials, heights in balance",
  async (folder) => {
    const dataset = await readNetcdf3File(join(folder, "eraint_uvz.nc"));
    const placement = await gridOf(dataset);
    // Every second of the 241 rows from 0.75 degrees off the poles: an equiangular grid without them.
    const grid = equiangularGrid(120, 480);
    const harmonics = sphericalHarmonics(grid, 59);
    const read = async (name: string): Promise<Float64Array> => {
      const { values } = await readFields(variableOf(dataset, name), placement, { month: 0, level: 1 });
      return Float64Array.from(
        { length: 120 * 480 },
        (_, i) => values[(2 * Math.floor(i / 480) + 1) * 480 + (i % 480)]!,
      );
    };
    const [u, v] = [await read("u"), await read("v")];
    const { curl, divergence } = harmonics.curlAndDivergence(u, v);
    const psi = harmonics.inverseLaplacian(curl);
    const wind = windOf(harmonics, psi, harmonics.inverseLaplacian(divergence));
    const rms = (field: Float64Array) => Math.hypot(...field) / Math.sqrt(field.length);
    // What is finer than T59 is lost: 3 % of this wind.
    expect(rms(u.map((value, i) => value - wind.u[i]!)) / rms(u)).toBeLessThan(0.03);
    expect(rms(v.map((value, i) => value - wind.v[i]!)) / rms(u)).toBeLessThan(0.03);

    const streamFunction = psi.map((value) => value * TUNED_PARAMETERS.radius);
    const balanced = balancedGeopotential(harmonics, streamFunction, TUNED_PARAMETERS.rotation);
    const correlation = (height: Float64Array): number => {
      const product = (a: Float64Array, b: Float64Array) => harmonics.innerProduct(a, b);
      return product(balanced, height) / Math.sqrt(product(balanced, balanced) * product(height, height));
    };
    const height = harmonics.analyse(await read("z"));
    expect(correlation(height.with(0, 0))).toBeGreaterThan(0.998);
    // Control: the stream function itself is no height, f changes sign.
    expect(correlation(streamFunction)).toBeLessThan(0.5);
  },
);

/** Wind of a stream function and a velocity potential on the unit sphere. */
function windOf(harmonics: SphericalHarmonics, psi: Float64Array, chi: Float64Array) {
  const [rotational, divergent] = [harmonics.gradient(psi), harmonics.gradient(chi)];
  const columns = harmonics.grid.longitudes.length;
  const perCosine = (value: number, i: number): number =>
    value / Math.sqrt(1 - harmonics.sines[Math.floor(i / columns)]! ** 2);
  return {
    u: divergent.eastward.map((value, i) => perCosine(value - rotational.northward[i]!, i)),
    v: divergent.northward.map((value, i) => perCosine(value + rotational.eastward[i]!, i)),
  };
}

/** A float32 array 72 x 144 of a NumPy file of version 1, rows from south to north. */
function southFirst(folder: string, name: string): Float64Array {
  const bytes = readFileSync(join(folder, `${name}.ref.npy`));
  const start = 10 + bytes.readUInt16LE(8);
  return Float64Array.from({ length: 72 * 144 }, (_, i) => {
    const row = 71 - Math.floor(i / 144);
    return bytes.readFloatLE(start + 4 * (row * 144 + (i % 144)));
  });
}
