import { expect, test } from "vitest";
import { degreeOf, isConnected, isPlanar, isTree, sharesOf } from "../../src/index.js";
import { countTriangles } from "../../src/graph/triangles.js";
import { loadGraphModel } from "../../src/node/index.js";
import { sharedChemistry } from "../molecule/chemistry.fixture.js";

/* The bundled models keep what the pages say of them, measured on few; `nextscale graphs evaluate` measures it on many. */

test("qm9 makes molecules, nearly all of them valid with constraints, at as many evaluations as stated", async () => {
  const [model, chemistry] = [await loadGraphModel("qm9"), await sharedChemistry()];
  const measured = async (request: { connected?: boolean; valence?: boolean }) => {
    const samples = await model.sample({ count: 100, seed: 3, substeps: ["adaptive", "adaptive", 1], ...request });
    const outcomes = await chemistry.canonicalSmiles(samples.map(({ graph }) => graph), model.config.atoms ?? []); // prettier-ignore
    const evaluations = samples.reduce((sum, sample) => sum + sample.evaluations, 0) / samples.length;
    return { ...sharesOf(outcomes, new Set()), evaluations };
  };
  const free = await measured({});
  expect(free.evaluations).toBeLessThan(10);
  // 93 of 100, give or take three standard errors.
  expect(free.valid.count).toBeGreaterThan(86);
  expect(free.unique.share).toBeGreaterThan(0.95);
  expect((await measured({ connected: true, valence: true })).valid.count).toBeGreaterThan(97);
  await model.close();
}, 60_000);

test("tree makes trees, most of them without being held to it", async () => {
  const model = await loadGraphModel("tree");
  const treesAmong = async (request: { count: number; connected?: boolean }) => {
    const samples = await model.sample({ seed: 3, ...request });
    return samples.filter(({ graph }) => graph.nodeCount === 64 && isTree(graph)).length;
  };
  // 96 of 100. The network runs on nine at a time.
  expect(await treesAmong({ count: 18 })).toBeGreaterThan(15);
  expect(await treesAmong({ count: 9, connected: true })).toBeGreaterThan(8);
  await model.close();
}, 120_000);

test("planar makes planar graphs, most of them, when everything is drawn again and a little colder", async () => {
  const model = await loadGraphModel("planar");
  const samples = await model.sample({ count: 4, seed: 3, temperature: 0.8, sweeps: 1 });
  // 72 of 100: none of four once in 160 times.
  expect(samples.filter(({ graph }) => isPlanar(graph) && isConnected(graph)).length).toBeGreaterThan(0);
  await model.close();
}, 120_000);

test("sbm makes graphs of communities: neighbours are each other's neighbours far more often than by chance", async () => {
  const model = await loadGraphModel("sbm");
  const samples = await model.sample({ count: 2, seed: 3, temperature: 0.9, substeps: 8 });
  for (const { graph } of samples) {
    expect(model.config.sizes[graph.nodeCount]).toBeGreaterThan(0);
    const density = (2 * graph.edgeCount) / (graph.nodeCount * (graph.nodeCount - 1));
    const degrees = Array.from({ length: graph.nodeCount }, (_, v) => degreeOf(graph, v));
    const wedges = degrees.reduce((sum, degree) => sum + (degree * (degree - 1)) / 2, 0);
    const closed = countTriangles(graph).ofNode.reduce((sum, triangles) => sum + triangles, 0) / wedges;
    expect(closed).toBeGreaterThan(1.5 * density);
  }
  await model.close();
}, 120_000);
