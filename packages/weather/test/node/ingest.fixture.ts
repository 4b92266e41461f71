/** Ingests the store at the address on the command line into the folder after it, and prints how many chunks are done. */
import { equiangularGrid } from "../../src/grid/grid.js";
import { ingest } from "../../src/node/ingest.js";

const [source, target] = process.argv.slice(2);
await ingest({
  ...{ source: source!, target: target!, years: [2020, 2020], stepHours: 12, grid: equiangularGrid(16, 32) },
  variables: [{ name: "geopotential", levels: [500, 850] }, { name: "temperature" }, { name: "2m_temperature" }],
  onProgress: (done) => console.log(done),
});
