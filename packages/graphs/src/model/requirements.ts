import { NextscaleError } from "@nextscale/engine";
import {
  LIMITS,
  requireArgument,
  requireOptions,
  wholeWithin,
  within,
  type OptionRequirements,
  type Requirement,
} from "@nextscale/refinement-core";
import type { GraphModelConfig } from "../config/config.js";
import type { Graph } from "../graph/graph.js";
import type { LabelCounts } from "../pyramid/level.js";
import type { GraphSampleRequest, GraphScoreRequest } from "./graph-model.js";

/*
 * What callers of a model may pass: everything is checked before anything is computed.
 */

/** Graphs of one call; more are asked for in several calls. */
const MOST_GRAPHS = 10_000_000;
/** Sets of levels of a graph that is scored. */
const MOST_HIERARCHIES = 100_000;
/** Substeps of a level, more than any has codes. */
const MOST_SUBSTEPS = 1_000_000;

const SUBSTEPS = wholeWithin(1, MOST_SUBSTEPS);
const isSubsteps = (value: unknown) => value === "exact" || value === "adaptive" || SUBSTEPS.fits(value);

const SEED: Requirement = {
  expected: "a number or a bigint",
  fits: (value) => typeof value === "number" || typeof value === "bigint",
};
const PLAN: Requirement = {
  expected: `"exact", "adaptive", ${SUBSTEPS.expected}, or a list of those`,
  fits: (value) => isSubsteps(value) || (Array.isArray(value) && value.length > 0 && value.every(isSubsteps)),
};
const SWITCH: Requirement = { expected: "true or false", fits: (value) => typeof value === "boolean" };
const SIGNAL: Requirement = {
  expected: "an AbortSignal",
  fits: (value) => typeof value === "object" && value !== null && "aborted" in value,
};
const LISTENER: Requirement = { expected: "a function", fits: (value) => typeof value === "function" };

/** Each takes as long as drawing the graph. */
const MOST_SWEEPS = 100;

/** Deviations from the mean that a property may be asked for: far beyond what any network has seen, and still a number in all that follows. */
const FARTHEST = 1000;

/** @throws NextscaleError `invalid-argument` for an unknown option or a wrong value */
export function requireSampleRequest(request: GraphSampleRequest, config: GraphModelConfig): void {
  const { sizes, atoms, property } = config;
  const requirements: OptionRequirements<GraphSampleRequest> = {
    count: wholeWithin(1, MOST_GRAPHS),
    seed: SEED,
    first: wholeWithin(0, LIMITS.item - MOST_GRAPHS),
    // Graphs may be larger than those that were learned from, within reason.
    size: wholeWithin(1, 4 * (sizes.length - 1)),
    substeps: PLAN,
    temperature: within(0.01, 100),
    sweeps: wholeWithin(0, MOST_SWEEPS),
    property:
      property === undefined
        ? { expected: "none, for this model knows no property", fits: (value) => value === undefined }
        : within(property.mean - FARTHEST * property.deviation, property.mean + FARTHEST * property.deviation),
    guidance: within(0, 100),
    scaffold: { expected: "a graph", fits: isGraph },
    connected: SWITCH,
    valence:
      atoms === undefined
        ? { expected: "false, for this is no model of molecules", fits: (value) => value === false }
        : SWITCH,
    signal: SIGNAL,
    onProgress: LISTENER,
  };
  requireOptions("graphs/sample", request, requirements);
  requireArgument("graphs/sample", "count", request.count, requirements.count);
  if (request.scaffold !== undefined) requireScaffold(request.scaffold, request.size, config);
  if (request.guidance !== undefined) {
    requireArgument("graphs/sample", "property", request.property, {
      expected: "a number beside a guidance",
      fits: (value) => value !== undefined,
    });
  }
}

function isGraph(value: unknown): value is Graph {
  return typeof value === "object" && value !== null && "nodeCount" in value && "neighbours" in value;
}

function requireScaffold(scaffold: Graph, size: number | undefined, config: GraphModelConfig): void {
  requireArgument("graphs/sample", "the number of nodes of the scaffold", scaffold.nodeCount, wholeWithin(1, config.sizes.length - 1)); // prettier-ignore
  requireGraphFor(scaffold, config, "the scaffold");
  requireArgument("graphs/sample", "size", size ?? scaffold.nodeCount, {
    expected: `at least the ${scaffold.nodeCount} nodes of the scaffold`,
    fits: (value) => (value as number) >= scaffold.nodeCount,
  });
}

/** @throws NextscaleError `invalid-argument` for an unknown option or a wrong value */
export function requireScoreRequest(request: GraphScoreRequest): void {
  requireOptions("graphs/score", request, {
    seed: SEED,
    substeps: PLAN,
    hierarchies: wholeWithin(1, MOST_HIERARCHIES),
    signal: SIGNAL,
    onProgress: LISTENER,
  });
}

/**
 * Checks that a model can code a graph: it has nodes, and no labels but those of the model.
 *
 * @param name what the graph is called in a message
 * @throws NextscaleError `invalid-data`
 */
export function requireGraphFor(
  { nodeCount, nodeLabels: ofNodes, edgeLabels: ofEdges }: Graph,
  { nodeLabels, edgeLabels }: LabelCounts,
  name = "a graph",
): void {
  if (nodeCount === 0) throw invalid(name, "nodes", "none");
  const node = ofNodes.find((label) => label >= nodeLabels);
  if (node !== undefined) throw invalid(name, `node labels below ${nodeLabels}, which the model has`, String(node));
  const edge = ofEdges.find((label) => label >= edgeLabels);
  if (edge !== undefined) throw invalid(name, `edge labels below ${edgeLabels}, which the model has`, String(edge));
}

function invalid(name: string, expected: string, got: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where: "graphs/model", expected: `${name} to have ${expected}`, got }); // prettier-ignore
}
