import { graphCost, type GraphJob } from "./graph-costs.js";

/* Measures one job at one size and prints it as JSON: the whole of a process. */

const [job, nodes, most] = process.argv.slice(2) as [GraphJob, string, string];
process.stdout.write(`${JSON.stringify(await graphCost(job, Number(nodes), Number(most)))}\n`);
