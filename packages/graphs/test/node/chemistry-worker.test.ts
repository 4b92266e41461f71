import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, test } from "vitest";
import { chemistryOn } from "../../src/molecule/chemistry-on.js";
import type { Executor } from "../../src/molecule/executor.js";
import { molblockOf } from "../../src/molecule/molblock.js";
import { openChemistryWorker, workerExecutor } from "../../src/node/chemistry/open-chemistry-worker.js";
import type { AtomType } from "../../src/molecule/valence.js";
import { sharedChemistry } from "../molecule/chemistry.fixture.js";
import { MOLECULES } from "../molecule/molecules.fixture.js";

/** A thread takes a second to start from source, a multiple of that beside other work, and is started six times here. */
const MOST_MS = 120_000;

// One for all tests that can share it.
const threads: Worker[] = [];
let executor: Executor;
beforeAll(async () => {
  executor = await workerExecutor({ onThread: (thread) => threads.push(thread) });
});
afterAll(() => executor.close());

const texts = (outcomes: readonly { readonly ok: boolean }[]) =>
  outcomes.map((outcome) => ("value" in outcome ? outcome.value : "reason" in outcome ? outcome.reason : undefined));

test("a thread gives the answers of this one, and this one is free meanwhile", async () => {
  const [there, here] = [chemistryOn(executor), await sharedChemistry()];
  expect(there.version).toBe(here.version);
  const smiles = [...MOLECULES, "", "C1CC", "C".repeat(10_000)];
  expect(await there.parse(smiles)).toEqual(await here.parse(smiles));
  expect(await there.fingerprints(smiles, 256)).toEqual(await here.fingerprints(smiles, 256));
  let ticks = 0;
  const timer = setInterval(() => ticks++, 2);
  // Two calls at once are answered one after the other.
  const calls = [there.canonicalise(Array(600).fill("OCC")), there.canonicalise(["OC"])] as const;
  const [many, one] = await Promise.all(calls);
  clearInterval(timer);
  expect([new Set(texts(many)), texts(one)]).toEqual([new Set(["CCO"]), ["CO"]]);
  expect(ticks).toBeGreaterThan(3);
});

test(
  "a thread that is killed midway is replaced, and every molecule gets its answer",
  async () => {
    const running = executor.run({ kind: "descriptors" }, Array<string>(100).fill(MOLECULES[5]));
    setTimeout(() => void threads.at(-1)!.terminate(), 10);
    const outcomes = await running;
    const after = threads.length;
    expect(after).toBeGreaterThanOrEqual(2);
    expect(outcomes.filter(({ ok }) => ok)).toHaveLength(100);
    // Between two calls nobody is to blame either.
    await threads.at(-1)!.terminate();
    expect(texts(await executor.run({ kind: "canonical" }, ["OCC"]))).toEqual(["CCO"]);
    expect(threads.length).toBe(after + 1);
  },
  MOST_MS,
);

test(
  "what RDKit cannot finish fails alone",
  async () => {
    const starts: Worker[] = [];
    const impatient = await workerExecutor({ patienceMs: 1500, onThread: (thread) => starts.push(thread) });
    // Past the caps: a broken instance is replaced inside the thread, one that gives no answer with its thread.
    const outcomes = await impatient.run({ kind: "canonical" }, ["C", "C".repeat(5000), TANGLE, "CO"]);
    expect(outcomes.map((outcome) => (outcome.ok ? "ok" : `${outcome.reason}: ${outcome.detail}`))).toEqual([
      "ok",
      expect.stringMatching(/^failed: RDKit stopped/),
      "failed: RDKit stopped twice: no answer in 1.5 s",
      "ok",
    ]);
    expect(starts.length).toBeGreaterThanOrEqual(3);
    await impatient.close();
  },
  MOST_MS,
);

/** Forty atoms of iron, each bound to each: RDKit looks for the smallest rings for a minute. */
const TANGLE = molblockOf({
  atoms: Array<AtomType>(40).fill({ element: "C", charge: 0 }),
  bonds: Array.from({ length: 40 }, (_, a) => Array.from({ length: a }, (_, b) => [a, b, 1] as const)).flat(),
}).replaceAll(" C   0", " Fe  0");

test("options are looked at, and a closed chemistry answers nothing, also to what waits", async () => {
  await expect(openChemistryWorker({ patience: 0 })).rejects.toThrow("patience to be a number from 0.01 to 3600");
  await expect(openChemistryWorker({ wasm: 1 } as object)).rejects.toThrow("options among patience");
  const chemistry = await openChemistryWorker();
  const waiting = chemistry.canonicalise(Array<string>(2000).fill("CCO"));
  await Promise.all([chemistry.close(), expect(waiting).rejects.toThrow("expected an open chemistry")]);
  await chemistry.close();
  await expect(chemistry.parse(["C"])).rejects.toThrow("expected an open chemistry");
});
