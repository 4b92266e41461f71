import { expect, test } from "vitest";
import { isConnected, isPlanar, isTree, sharesOf } from "../../src/index.js";
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
  // 75 of 100, give or take three standard errors.
  expect(samples.filter(({ graph }) => isPlanar(graph) && isConnected(graph)).length).toBeGreaterThan(0);
  await model.close();
}, 120_000);
