import { openEngine } from "@nextscale/engine/node";
import type { Engine, NamedArrays } from "@nextscale/engine";
import { absorbingCodes, codeReverse, compiledPrograms, linearKept, normals, parameterArrays, parameterNormals, randomStream } from "@nextscale/refinement-core"; // prettier-ignore
import { afterAll, beforeAll, expect, test } from "vitest";
import { cellId, usualCell, type Cell } from "../../src/study/cell/cell.js";
import { fittedCoder, modelOf, type AnyCellModel } from "../../src/study/cell/model-of.js";
import { codeFormOf } from "../../src/study/codes/fit-cell.js";
import type { CellModel, MaskedSampler } from "../../src/study/head/cell-model.js";
import { DIFFUSION } from "../../src/study/head/denoising-process.js";
import { SCHEDULE } from "../../src/study/head/schedule.js";
import { imageItems } from "../../src/node/study/study-data.js";
import { drawSamples, ratioOf } from "../../src/study/sampling/draw-samples.js";
import { PLAIN, type Sampling } from "../../src/study/sampling/sampling.js";
import { pixelDomain } from "../../src/study/space/domain.js";
import { pixelSpace } from "../../src/study/space/pixel-space.js";
import { studyStage } from "../../src/study/training/study-stage.js";
import { rectangleImages, TINY } from "./support.js";

let engine: Engine;
beforeAll(async () => void (engine = await openEngine()));
afterAll(() => engine.close());

const HEADS = ["categorical", "gaussian", "epsilon", "flow", "absorbing"] as const;
const waysOf = (head: Cell["head"]): Sampling => {
  if (head === "categorical" || head === "gaussian") return PLAIN;
  return { kind: "diffusion", solver: head === "flow" ? "euler" : "ancestral", steps: 2 };
};

/** A cell of pixels with random codebooks. */
async function pixelModel(head: Cell["head"]): Promise<{ readonly cell: Cell; readonly model: AnyCellModel }> {
  const sides = head === "absorbing" ? [28] : [7, 28];
  const cell = usualCell("pixels", head, sides);
  const space = pixelSpace(sides);
  const domain = pixelDomain({ mean: Float32Array.of(0.1), deviation: 0.3 });
  const codebooks = space.tokens.map(({ width }, k) => {
    const { stages, vocabulary } = codeFormOf(width);
    const data = normals(randomStream(k, "test/codebooks"), { draws: stages * vocabulary * width });
    return { shape: [stages, vocabulary, width], data };
  });
  const coder = async () => fittedCoder(codebooks);
  const ground = { coder, fitted: coder, deviations: async () => [1, 0.5] };
  return { cell, model: await modelOf(cell, { domain, space }, ground, TINY) };
}

test.each(HEADS)("a %s cell learns: its loss falls on a batch that it sees again and again", async (head) => {
  const { cell, model } = await pixelModel(head);
  const items = imageItems(rectangleImages(64, 1));
  const settings = { ...TINY, training: { ...TINY.training, steps: 24 } };
  const stage = studyStage(cell, model as unknown as CellModel<never>, { items, settings, seed: 0 });
  expect(stage.name).toBe(`${cellId(cell)}-seed-0`);
  const rates = { learningRate: Float32Array.of(4e-3), averageDecay: Float32Array.of(0) };
  const inputs = { ...(await stage.batches(0)), ...rates };
  const executable = await engine.compile(stage.program(), { state: await stage.start() });
  const losses: number[] = [];
  for (let step = 0; step < 24; step++) {
    losses.push((await executable.run(inputs))["loss"]![0]!);
  }
  await executable.close();
  expect(losses.at(-1)).toBeLessThan(0.9 * losses[0]!);
});

test.each(HEADS)("a sample of a %s cell is a function of the seed and its number, not of the batch", async (head) => {
  const { model } = await pixelModel(head);
  const weights = parameterArrays(model.init(parameterNormals(3)), "parameters");
  const programs = compiledPrograms(engine, weights, { where: "test" });
  const labels = Int32Array.of(0, 1, 2, 3);
  const draw = (batch: number, seed = 5) =>
    drawSamples({ programs, sampler: model.sampler, sampling: waysOf(head), labels, seed, batch });
  const [alone, together, again] = [await draw(1), await draw(4), await draw(4)];
  expect(again.images).toEqual(together.images);
  alone.images.forEach((value, at) => expect(Math.abs(value - together.images[at]!)).toBeLessThan(1e-3));
  // Control: another seed is another sample.
  expect((await draw(4, 6)).images).not.toEqual(together.images);
  const other: Sampling = waysOf(head) !== PLAIN ? PLAIN : { kind: "diffusion", solver: "ddim", steps: 2 };
  await expect(drawSamples({ programs, sampler: model.sampler, sampling: other, labels, seed: 0 })).rejects.toMatchObject({ code: "invalid-argument" }); // prettier-ignore
  await programs.close();
});

test.each(["ddim", "dpm-solver", "ancestral"] as const)(
  "with the exact denoiser of normal data %s gives the data's deviation",
  async (solver) => {
    const deviation = 0.5;
    const width = 784;
    const programs = {
      async run(key: string, _: unknown, inputs: NamedArrays): Promise<NamedArrays> {
        if (key.startsWith("refine")) return { images: inputs["value"]! };
        // E(x0 | x) of data N(0, s²), as the velocity that amounts to it.
        const level = SCHEDULE.find((one) => Math.abs(ratioOf(one) / inputs["level"]![0]! - 1) < 1e-5)!;
        const { signal, noise } = level;
        const gain = (signal * deviation ** 2) / (signal ** 2 * deviation ** 2 + noise ** 2);
        return { prediction: Float32Array.from(inputs["noisy"]!, (x) => ((signal - gain) * x) / noise) };
      },
    };
    const sampler = {
      kind: "diffusion",
      process: DIFFUSION,
      scales: [{ sites: 1, width }],
      stateSize: width,
    } as unknown as AnyCellModel["sampler"];
    const steps = solver === "dpm-solver" ? 20 : 100;
    const labels = new Int32Array(10);
    const { images } = await drawSamples({
      programs,
      sampler,
      sampling: { kind: "diffusion", solver, steps },
      labels,
      seed: 1,
    });
    const found = Math.sqrt(images.reduce((sum, x) => sum + x * x, 0) / images.length);
    expect(found / deviation).toBeGreaterThan(0.94);
    expect(found / deviation).toBeLessThan(1.04);
  },
);

test("hidden codes are said with D3PM's probabilities, and at the end all of them", async () => {
  const [sites, stages] = [3, 2];
  const shares: number[] = [];
  const programs = {
    async run(key: string, _: unknown, inputs: NamedArrays): Promise<NamedArrays> {
      if (key.startsWith("decode")) return { images: new Float32Array(2 * 784) };
      shares.push(inputs["share"]![0]!);
      return { codes: inputs["codes"]!, hidden: inputs["hidden"]! };
    },
  };
  const sampler = { kind: "masked", sites, stages } as unknown as AnyCellModel["sampler"];
  const labels = new Int32Array(2);
  const sampling: Sampling = { kind: "diffusion", solver: "ancestral", steps: 4 };
  await drawSamples({ programs, sampler, sampling, labels, seed: 1 });
  const diffusion = absorbingCodes(2, linearKept(1000));
  [1000, 750, 500, 250].forEach((from, i) => {
    const reverse = codeReverse(diffusion, { from, to: from - 250 }, 2, [0.3, 0.7]);
    expect(shares[i]! * 0.3).toBeCloseTo(reverse[0]!, 6);
    expect(1 - shares[i]!).toBeCloseTo(reverse[2]!, 6);
  });
  expect(shares).toHaveLength(4);

  // In the program: codes that are shown stay, those that are said are hidden no longer.
  const { model } = await pixelModel("absorbing");
  const masked = model.sampler as MaskedSampler;
  const size = masked.sites * masked.stages;
  const executable = await engine.compile(masked.step(1), {
    constants: parameterArrays(model.init(parameterNormals(3)), "parameters"),
  });
  const hidden = Float32Array.from({ length: size }, (_, at) => at % 2);
  const half = new Float32Array(size).fill(0.5);
  const step = (share: number) =>
    executable.run({
      ...{ codes: new Int32Array(size).fill(7), hidden, share: Float32Array.of(share), labels: Int32Array.of(0) },
      ...{ drawn: half, revealed: half },
    });
  const all = await step(1);
  expect([...all["hidden"]!].every((value) => value === 0)).toBe(true);
  expect([...all["codes"]!].every((code, at) => at % 2 === 1 || code === 7)).toBe(true);
  expect([...all["codes"]!].some((code) => code !== 7)).toBe(true);
  const none = await step(0.4);
  expect([...none["hidden"]!]).toEqual([...hidden]);
  expect([...none["codes"]!].every((code) => code === 7)).toBe(true);
  await executable.close();
});
