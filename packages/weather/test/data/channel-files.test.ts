import { describe, expect, test } from "vitest";
import { openAnalyses } from "../../src/data/analyses.js";
import { datasetOfChannels } from "../../src/data/channel-files.js";
import { datasetOf, type Dataset } from "../../src/data/dataset.js";
import { analysesFile, type Form } from "./memory-dataset.js";

/** A file that calls its field by another name. */
function renamed(file: Dataset, name: string): Dataset {
  return datasetOf(
    [...file.variables.values()].map((one) => (one.name === "z500" ? { ...one, name } : one)),
    {},
  );
}
const plain = (form: Form = {}) => renamed(analysesFile(form), "z");

test("files of a channel each are one data set, whatever they call the field, and with levels or without", async () => {
  const merged = await datasetOfChannels({ z500: plain(), z850: analysesFile({ levels: true }) });
  const { layout, read } = await openAnalyses(merged);
  expect(layout.channels).toEqual(["z500", "z850"]);
  const alone = await openAnalyses(analysesFile({ levels: true }), { channels: ["z500", "z850"] });
  expect(await read(1, 2)).toEqual(await alone.read(1, 2));
});

test("dimensions may have other names in every file", async () => {
  const other = plain();
  const names = new Map([["latitude", "lat"], ["longitude", "lon"], ["time", "when"]]); // prettier-ignore
  const lat = datasetOf(
    [...other.variables.values()].map((one) => ({
      ...one,
      name: names.get(one.name) ?? one.name,
      dimensions: one.dimensions.map((dimension) => names.get(dimension)!),
      read: (slice = {}) => one.read(Object.fromEntries(Object.entries(slice).map(([name, part]) => [[...names].find(([, own]) => own === name)![0], part]))), // prettier-ignore
    })),
    {},
  );
  const { read } = await openAnalyses(await datasetOfChannels({ z500: plain(), z300: lat }));
  const field = await read(0);
  expect(field.subarray(32)).toEqual(field.subarray(0, 32));
});

describe("what does not fit is said", () => {
  const two = datasetOf(
    [...plain().variables.values(), ...renamed(analysesFile(), "t").variables.values()].filter(
      ({ name }, i, all) => all.findIndex((one) => one.name === name) === i,
    ),
    {},
  );
  test.each<[string, Record<string, Dataset>, RegExp]>([
    ["no file", {}, /a file for each channel/],
    ["several fields", { z500: two }, /a field z500, or a single one, .* got z, t/],
    ["a field of another level", { z500: renamed(analysesFile(), "z850") }, /a field z500, .* got z850/],
    ["other times", { z500: plain(), z850: plain({ times: [0, 12, 24, 48] }) }, /the same time in all files, got another in that of z850/], // prettier-ignore
    ["times from another day", { z500: plain(), z850: plain({ timeUnits: "hours since 2000-01-02" }) }, /the same time/], // prettier-ignore
    ["rows in another order", { z500: plain(), z850: plain({ descending: true }) }, /the same latitude/],
  ])("%s", async (_, files, message) => {
    await expect(datasetOfChannels(files)).rejects.toThrow(message);
  });

  test("units of another channel", async () => {
    await expect(openAnalyses(await datasetOfChannels({ t500: plain() }))).rejects.toThrow(/t500 in K, got m2 s-2/);
  });
});
