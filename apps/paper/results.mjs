import { writeResults } from "./src/node/results.ts";

/* npm run results -w @nextscale/paper: makes RESULTS.md of results/*.json. */

await writeResults(new URL("results/", import.meta.url), new URL("RESULTS.md", import.meta.url));
