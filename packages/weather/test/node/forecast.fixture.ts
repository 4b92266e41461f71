import { existsSync } from "node:fs";
import { expect } from "vitest";
import { equiangularGrid } from "../../src/grid/grid.js";
import type { DatasetWriter } from "../../src/node/dataset-writer.js";

/** An ensemble forecast of three members on a grid of 4 x 8, for the writers. */
export const forecast = {
  grid: equiangularGrid(4, 8),
  variables: [{ name: "z500", standardName: "geopotential", units: "m2 s-2" }],
  members: 3,
  leadHours: [12, 24],
  start: new Date("2020-01-01T00:00:00Z"),
  attributes: { seed: [7] },
};

/** Values of a member at a lead, other ones for each. */
export function field(member: number, lead: number): Float32Array {
  return Float32Array.from({ length: 32 }, (_, i) => member * 1000 + lead * 100 + i);
}

/** Writes the forecast in an order of its own; nothing is to be there before it is finished. */
export async function writeForecast(path: string, writer: DatasetWriter): Promise<void> {
  for (const realization of [2, 0, 1]) {
    for (const lead_time of [1, 0])
      await writer.write("z500", { realization, lead_time }, field(realization, lead_time));
  }
  expect(existsSync(path)).toBe(false);
  await writer.finish();
}
