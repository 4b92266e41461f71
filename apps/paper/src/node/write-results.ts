import { writeResults } from "./results.js";

/* npm run results -w @nextscale/paper: makes RESULTS.md of results/*.json. */

const root = new URL("../../", import.meta.url);
await writeResults(new URL("results/", root), new URL("RESULTS.md", root));
