import { expect, test } from "vitest";
import { GRAPH_PRESETS, type Graph, type GraphPreset } from "../../src/index.js";
import { requireRoom } from "../../src/training/room.js";
import { graph } from "../support/graphs.js";

const PRESET: GraphPreset = GRAPH_PRESETS.tree;
const sparse = { ...PRESET, model: { ...PRESET.model, network: { ...PRESET.model.network, summaries: 4 } } };
const dots = (nodes: number): Graph => graph(nodes, []);

test("graphs that a step has no room for are refused before anything is computed, and it is said what to do", () => {
  expect(() => requireRoom([dots(64), dots(1448)], PRESET)).not.toThrow();
  expect(() => requireRoom([dots(64), dots(1449)], PRESET)).toThrow(
    /at most 1448 nodes, as a network without summaries looks at all pairs of 16 of them in a step, got one of 1449; leave larger ones out, or give .*summaries/,
  );
  expect(() => requireRoom([dots(100_000)], sparse)).not.toThrow();
  expect(() => requireRoom([dots(100_001)], sparse)).toThrow(/at most 100000 nodes, got one of 100001/);
});
