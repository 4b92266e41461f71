import { readFileSync, writeFileSync, existsSync } from "node:fs";
import { openEngine } from "@nextscale/engine/node";
import { averagedWeights, permutation, randomStream } from "@nextscale/refinement-core";
import init from "@rdkit/rdkit";
import { graphOf, edgesOf } from "./src/graph/graph.js";
import { fitFoundations } from "./src/training/foundations.js";
import { refinerStage } from "./src/training/refiner-stage.js";
import { compositionQuantiser } from "./src/codes/composition-quantiser.js";
import { logitsProgram, logitsOf } from "./src/model/refiner-runs.js";
import { predictor } from "./src/model/predictor.js";
import { refinerInputs } from "./src/refiner/inputs.js";
import { drawSize, sampleGraph } from "./src/sampling/sample-graph.js";
import { drawn } from "./src/sampling/choose.js";
import { exactPhases, inSubsteps } from "./src/sampling/reveal-order.js";
const opt = (name: string, or: string) => {
  const i = process.argv.indexOf("--" + name);
  return i < 0 ? or : process.argv[i + 1]!;
};
const { mols, vocab, smiles } = JSON.parse(readFileSync("/tmp/q/qm9.json", "utf8"));
let all = mols.map(([nodeLabels, edges]: any) => graphOf({ nodeCount: nodeLabels.length, edges, nodeLabels }));
const order = permutation(randomStream(20260101, "split"), all.length);
import { packed } from "./src/graph/packed-graphs.js";
const graphs0 = Array.from(order.subarray(0, 100000), (i) => all[i]);
const graphs = packed(graphs0);
const [width, blocks, batchSize, steps, rate] = ["width", "blocks", "batch", "steps", "rate"].map((n, i) =>
  Number(opt(n, ["128", "6", "192", "1000", "0.003"][i]!)),
);
const threads = Number(opt("threads", "2"));
const f = fitFoundations(
  graphs0,
  {
    hierarchy: "pairs",
    nodeLabels: vocab.length,
    edgeLabels: 3,
    compositions: 32,
    network: {
      width: width!,
      heads: Number(opt("heads", "8")),
      blocks: blocks!,
      walkLength: Number(opt("walk", "8")),
      pairWidth: Number(opt("pair", "64")),
    },
  },
  1,
);
all = undefined as any;
graphs0.length = 0;
mols.length = 0;
const capacity = { items: batchSize!, ...f.capacity };
const config = f.coding.config;
const stage = refinerStage({
  config: { model: config, training: { steps: steps!, batchSize: batchSize!, learningRate: rate!, weightDecay: 1e-4 } },
  coding: f.coding,
  graphs,
  capacity,
  seed: 1,
});
const engine = await openEngine("onnxruntime-node/cpu", { threads });
const out = opt("out", "/tmp/q/run");
let weights: any;
if (process.argv.includes("--load")) {
  const s = JSON.parse(readFileSync(`${out}.json`, "utf8"));
  const b = readFileSync(`${out}.bin`);
  let at = 0;
  weights = {};
  for (const [n, l] of s) {
    weights[n] = new Float32Array(b.buffer.slice(b.byteOffset + at, b.byteOffset + at + 4 * l));
    at += 4 * l;
  }
} else {
  const exe = await engine.compile(stage.program(), { state: await stage.start() });
  const t0 = performance.now();
  let batchMs = 0;
  const acc: any = {};
  const save = async () => {
    weights = averagedWeights(await exe.readState(), "refiner");
    writeFileSync(`${out}.json`, JSON.stringify(Object.entries(weights).map(([n, d]: any) => [n, d.length])));
    writeFileSync(
      `${out}.bin`,
      Buffer.concat(Object.values(weights).map((d: any) => Buffer.from(d.buffer, d.byteOffset, d.byteLength))),
    );
  };
  for (let i = 0; i < steps!; i++) {
    const b = performance.now();
    const batch = stage.batches(i);
    batchMs += performance.now() - b;
    const o = await exe.run({
      ...batch,
      ...Object.fromEntries(Object.entries(stage.scalars).map(([n, s]) => [n, Float32Array.of(s(i))])),
    });
    for (const [k, v] of Object.entries(o)) acc[k] = (acc[k] ?? 0) + v[0]!;
    if ((i + 1) % 100 === 0) {
      console.log(
        i + 1,
        Object.entries(acc)
          .map(([k, v]: any) => `${k} ${(v / 100).toFixed(4)}`)
          .join(" "),
        `${((performance.now() - t0) / (i + 1)).toFixed(0)} ms/step, batch ${(batchMs / (i + 1)).toFixed(0)}`,
      );
      for (const k of Object.keys(acc)) acc[k] = 0;
    }
    if ((i + 1) % 500 === 0) await save();
  }
  await save();
  await exe.close();
}
const compiled = new Map<string, any>();
const write = { patterns: f.coding.patterns, codebook: f.coding.codebook.data, labels: config.nodeLabels };
let tasksRun = 0;
const p = predictor(async (tasks, cap) => {
  const key = JSON.stringify(cap);
  if (!compiled.has(key)) {
    const program = logitsProgram(config, f.coding.patterns, cap);
    compiled.set(key, await engine.compile(program, { constants: weights }));
  }
  tasksRun += tasks.length;
  const inputs = Object.fromEntries(
    Object.entries(refinerInputs(tasks, cap, write)).map(([n, d]) => [`inputs/${n}`, d]),
  );
  return logitsOf(await compiled.get(key).run(inputs), tasks, cap, { config, patterns: f.coding.patterns });
});
const R: any = await (init as any)({
  wasmBinary: readFileSync("/work/graphs/node_modules/@rdkit/rdkit/dist/RDKit_minimal.wasm"),
});
const training = new Set(Array.from(order.subarray(0, 100000), (i) => smiles[i]));
function toSmiles(g: any): string | undefined {
  const ch: string[] = [];
  const rows = [...g.nodeLabels].map((l: number, i: number) => {
    const m = /^([A-Z][a-z]?)(-?\d)$/.exec(vocab[l])!;
    if (+m[2]! !== 0) ch.push(`${String(i + 1).padStart(4)}${String(+m[2]!).padStart(4)}`);
    return `    0.0000    0.0000    0.0000 ${m[1]!.padEnd(3)} 0  0  0  0  0  0  0  0  0  0  0  0`;
  });
  const e = edgesOf(g);
  const block = [
    "",
    "x",
    "",
    `${String(g.nodeCount).padStart(3)}${String(e.length).padStart(3)}  0  0  0  0  0  0  0  0999 V2000`,
    ...rows,
    ...e.map(
      ([a, b, l]: any) => `${String(a + 1).padStart(3)}${String(b + 1).padStart(3)}${String(l + 1).padStart(3)}  0`,
    ),
    ...ch.map((c) => `M  CHG  1${c}`),
    "M  END",
  ].join("\n");
  const m = R.get_mol(block);
  if (!m) return undefined;
  try {
    const s = m.get_smiles();
    return s.includes(".") ? undefined : s;
  } finally {
    m.delete();
  }
}
for (const spec of opt("substeps", "1;2;4,2,1,1,1;exact").split(";")) {
  const count = Number(opt("count", "1000"));
  const t = performance.now();
  tasksRun = 0;
  const quantiser = compositionQuantiser(f.coding.codebook);
  const reveals = randomStream(1, "reveal"),
    draws = randomStream(1, "draw"),
    sizes = randomStream(1, "size");
  const seen = await p.all(
    Array.from({ length: count }, (_, i) => i),
    (item) =>
      sampleGraph(drawSize(config, sizes, item), {
        config,
        quantiser,
        patterns: f.coding.patterns,
        start: f.coding.start,
        condition: new Float32Array(0),
        predict: p.predict,
        choose: drawn(draws, item, Number(opt("temperature", "1"))),
        order: (sites, candidates, scale) => {
          const ph = exactPhases(sites, candidates, { stream: reveals, item, scale });
          const list = spec.split(",");
          // finest-first lists: a level is known to be finest or not; others by size
          const k = candidates.finest
            ? 0
            : candidates.mass.length > 3
              ? 1
              : candidates.mass.length > 2
                ? 2
                : candidates.mass.length > 1
                  ? 3
                  : 4;
          return inSubsteps(ph, spec === "exact" ? "exact" : Number(list[Math.min(k, list.length - 1)]));
        },
      }),
  );
  const evals = seen.map((s) => s.choices.reduce((a, c) => a + c.evaluations, 0));
  const ms = performance.now() - t;
  const found = seen.map((s) => toSmiles(s.levels.at(-1)!.graph));
  const valid = found.filter((x): x is string => x !== undefined);
  const unique = new Set(valid);
  const novel = [...unique].filter((s) => !training.has(s));
  console.log(
    `substeps ${spec}: evaluations mean ${(evals.reduce((a, b) => a + b, 0) / count).toFixed(2)} max ${Math.max(...evals)}, valid ${((100 * valid.length) / count).toFixed(2)}, unique ${((100 * unique.size) / valid.length).toFixed(2)}, novel ${((100 * novel.length) / unique.size).toFixed(1)}, ${(ms / count).toFixed(2)} ms each, nats ${(-seen.reduce((a, s) => a + s.choices.reduce((b, c) => b + c.logProbability, 0), 0) / count).toFixed(2)}`,
  );
  if (opt("show", "") !== "") console.log(valid.slice(0, 20).join(" "));
}
await engine.close();
process.exit(0);
