import { NextscaleError } from "@nextscale/engine";
import type { GraphScore, SubstepPlan } from "@nextscale/graphs";
import { loadGraphModel } from "@nextscale/graphs/node";
import { createProgress } from "@nextscale/refinement-core";
import { engineOption } from "../engine-option.js";
import { meanOf, meanText } from "../graphs/mean.js";
import { readGraphs, type ReadGraph } from "../graphs/read-graphs.js";
import { skippedLines } from "../graphs/skipped-lines.js";
import type { Invocation } from "../invocation.js";
import { formatSeconds, print, printJson } from "../output.js";
import { requireWritable, writeOutputs } from "../outputs.js";
import { requireDistinct } from "../distinct-paths.js";

/** Options of `nextscale graphs score`. */
export interface ScoreGraphsOptions {
  readonly model: string;
  readonly substeps?: SubstepPlan;
  readonly seed: number;
  readonly hierarchies?: number;
  readonly skipInvalid?: boolean;
  readonly engine?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What a score is of. */
const MEANING =
  "Each score is of some hierarchies of the graph and one order of its codes, drawn by the seed: on average over orders a lower " +
  "bound of the graph's own log-probability, and an upper bound of its bits, which come closer with every hierarchy.";

/** Scores the graphs or molecules of a file by their likelihood. */
export async function scoreGraphs(file: string, options: ScoreGraphsOptions, invocation: Invocation): Promise<void> {
  const began = performance.now();
  const { seed, out, substeps = "exact", hierarchies = 1 } = options;
  const { signal } = invocation;
  if (out !== undefined) await requireTable(out, file);
  const model = await loadGraphModel(options.model, engineOption(options.engine));
  try {
    const { graphs, skipped, skippedCount } = await readGraphs(file, { config: model.config, skipInvalid: options.skipInvalid ?? false, signal }); // prettier-ignore
    const progress = createProgress(process.stderr, { label: "scoring", total: graphs.length, unit: "graphs", logMs: 120_000 }); // prettier-ignore
    const request = { seed, substeps, hierarchies, signal, onProgress: (done: number) => progress.update(done) };
    const scores = await model.score(graphs.map(({ graph }) => graph), request).finally(progress.close); // prettier-ignore
    const possible = scores.filter(({ logProbability }) => logProbability > -Infinity);
    const impossible = scores.length - possible.length;
    const mean = (of: (score: GraphScore) => number) => meanOf(possible.map(of));
    const means =
      possible.length === 0
        ? null
        : {
            logProbability: mean(({ logProbability }) => logProbability),
            bitsPerNode: mean(({ bitsPerNode }) => bitsPerNode),
          };
    const networkEvaluations = Math.round(meanOf(scores.map(({ evaluations }) => evaluations)).mean);
    const { engine, hash: modelHash } = model;
    const about = {
      model: options.model,
      modelHash,
      engine,
      seed,
      substeps,
      hierarchies,
      graphs: graphs.length,
      impossible,
      ...(means ?? { logProbability: null, bitsPerNode: null }),
    };
    const rows = scores.map((score, i) => rowOf(graphs[i]!, score));
    const report = { file, ...about, meaning: MEANING, skipped, skippedCount };
    const chosen = { file, substeps: String(substeps), hierarchies, graphs: graphs.length };
    const facts = { modelHash, seed, engine, networkEvaluations, options: chosen, began };
    const files =
      out === undefined ? [] : await writeOutputs([{ path: out, content: tableOf(out, report, rows) }], facts, invocation); // prettier-ignore
    const wallTimeMs = Math.round(performance.now() - began);
    if (options.json)
      return printJson({ ...report, files, wallTimeMs, ...(out === undefined ? { scores: rows } : {}) });
    print(
      `${graphs.length} graphs of ${file} by ${options.model} on ${engine}, in ${formatSeconds(wallTimeMs)}:`,
      ...(means === null
        ? []
        : [
            `  log-probability of a graph  ${meanText(means.logProbability)} nats`,
            `  bits per node               ${meanText(means.bitsPerNode)}`,
          ]),
      ...(impossible === 0
        ? []
        : [
            `  ${impossible} of them this model never makes, such as graphs of a size that it did not learn: they are not in the means`,
          ]),
      MEANING,
      ...skippedLines(file, skipped, skippedCount),
      ...files,
    );
  } finally {
    await model.close();
  }
}

/** A scored graph in a table. */
interface ScoreRow extends GraphScore {
  readonly name: string;
  readonly nodes: number;
  readonly edges: number;
}

function rowOf({ name, graph: { nodeCount: nodes, edgeCount: edges } }: ReadGraph, score: GraphScore): ScoreRow {
  return { name, nodes, edges, ...score };
}

function tableOf(out: string, report: object, rows: readonly ScoreRow[]): string {
  if (/\.json$/i.test(out)) return `${JSON.stringify({ ...report, scores: rows }, null, 2)}\n`;
  const header = "name,nodes,edges,log_probability_nats,bits_per_node,hierarchies,network_evaluations";
  const lines = rows.map(({ name, nodes, edges, logProbability, bitsPerNode, hierarchies, evaluations }) =>
    [csvText(name), nodes, edges, logProbability, bitsPerNode, hierarchies, evaluations].join(","),
  );
  return `${[header, ...lines].join("\n")}\n`;
}

/** RFC 4180. */
function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function requireTable(out: string, file: string): Promise<void> {
  if (!/\.(csv|json)$/i.test(out)) {
    throw new NextscaleError({
      code: "invalid-argument",
      where: "--out",
      expected: "a name that ends in .csv or .json",
      got: out === "" ? "an empty name" : out,
    });
  }
  await requireWritable(out, "file");
  await requireDistinct(out, { "the graphs": file });
}
