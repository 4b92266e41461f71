import { NextscaleError } from "@nextscale/engine";
import { MOST_NODES } from "../config/config.js";
import type { GraphPreset } from "../config/presets.js";
import type { Graph } from "../graph/graph.js";

/** Pairs of nodes in the levels of a step: a network that looks at all of them has dozens of numbers for each. */
const MOST_PAIRS = 2 ** 25;

/**
 * Checks, before anything is computed, that the graphs are not too large for a network to learn from.
 *
 * @throws NextscaleError `invalid-data`
 */
export function requireRoom(graphs: readonly Graph[], { model, training }: GraphPreset): void {
  const largest = graphs.reduce((most, { nodeCount }) => Math.max(most, nodeCount), 0);
  if (largest > MOST_NODES) throw tooLarge(`graphs of at most ${MOST_NODES} nodes`, largest, "leave larger ones out");
  const most = Math.floor(Math.sqrt(MOST_PAIRS / training.batchSize));
  if (model.network.summaries !== undefined || largest <= most) return;
  throw tooLarge(
    `graphs of at most ${most} nodes, as a network without summaries looks at all pairs of ${training.batchSize} of them in a step`,
    largest,
    "leave larger ones out, or give the preset's network `summaries`",
  );
}

function tooLarge(expected: string, largest: number, fix: string): NextscaleError {
  return new NextscaleError({
    code: "invalid-data",
    where: "graphs/training",
    expected,
    got: `one of ${largest}`,
    fix,
  });
}
