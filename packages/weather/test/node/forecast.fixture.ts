import { equiangularGrid } from "../../src/grid/grid.js";

/** An ensemble forecast of three members on a grid of 4 x 8, for the writers. */
export const forecast = {
  grid: equiangularGrid(4, 8),
  variables: [{ name: "z500", standardName: "geopotential", units: "m2 s-2" }],
  members: 3,
  leadHours: [12, 24],
  start: new Date("2020-01-01T00:00:00Z"),
  attributes: { seed: [7] },
};
