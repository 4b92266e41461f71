import type { NamedArrays } from "@nextscale/engine";
import {
  denoised,
  inBatches,
  normals,
  randomStream,
  sampleByPlan,
  samplingTimes,
  sliceItems,
  uniforms,
  untilSignalsAreSeen,
  type CompiledPrograms,
  type NoiseLevel,
  type Plan,
} from "@nextscale/refinement-core";
import {
  SAMPLE_STREAM,
  type AnySampler,
  type Items,
  type MaskedSampler,
  type OneRunSampler,
  type PlannedSampler,
} from "../head/cell-model.js";
import { STUDY } from "../settings.js";
import { otherSampler, type PlannedSampling, type Sampling } from "./sampling.js";

/** Numbers of an image. */
const PIXELS = 28 * 28;

/** What samples are asked for. */
export interface SampleRequest {
  /** Compiled with the cell's weights. */
  readonly programs: Pick<CompiledPrograms, "run">;
  readonly sampler: AnySampler;
  readonly sampling: Sampling;
  /** Class of each sample. */
  readonly labels: Int32Array;
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Called after each batch. */
  readonly onProgress?: (samples: number) => void;
  /** Most samples at a time; as many as the engine likes unless told. */
  readonly batch?: number;
}

/** Samples, and how long they took. */
export interface DrawnSamples {
  /** [count, 28, 28, 1], not rounded or cut. */
  readonly images: Float32Array;
  /** Of the median batch, the first left out where there are others: it compiles. */
  readonly secondsPerThousand: number;
}

/**
 * Draws samples. Each is a function of the seed and its own number, whatever it is drawn together with.
 *
 * @throws what the engine throws, and the signal's reason
 */
export async function drawSamples(request: SampleRequest): Promise<DrawnSamples> {
  const { labels, signal, onProgress, batch } = request;
  const count = labels.length;
  const images = new Float32Array(count * PIXELS);
  const times: number[] = [];
  await inBatches(
    count,
    async (first, items, kept) => {
      await untilSignalsAreSeen();
      signal?.throwIfAborted();
      const began = performance.now();
      const own = { first, count: items };
      const drawn = await drawBatch(request, own, sliceItems(labels, 1, first, items));
      images.set(drawn.subarray(0, kept * PIXELS), first * PIXELS);
      times.push((performance.now() - began) / items);
      onProgress?.(kept);
    },
    batch,
  );
  const counted = (times.length > 1 ? times.slice(1) : times).toSorted((a, b) => a - b);
  return { images, secondsPerThousand: counted[counted.length >> 1]! };
}

function drawBatch(request: SampleRequest, items: Items, labels: Int32Array): Promise<Float32Array> {
  const { sampler, sampling } = request;
  if (sampler.kind === "next-scale" && sampling.kind === "next-scale") {
    return drawInOneRun(request, sampler, sampling.temperature, items, labels);
  }
  if (sampler.kind === "diffusion" && sampling.kind === "diffusion") {
    return drawByPlan(request, sampler, sampler.process.plan(sampling), items, labels);
  }
  if (sampler.kind === "masked" && sampling.kind === "diffusion") {
    return drawHidden(request, sampler, sampling, items, labels);
  }
  throw otherSampler(sampler.kind === "next-scale" ? "next-scale" : "diffusion", sampling);
}

/** D3PM's reverse steps where codes are absorbed: from time t to s each hidden code is said with probability (t - s) / t. */
async function drawHidden(
  { programs, seed }: SampleRequest,
  sampler: MaskedSampler,
  { steps }: PlannedSampling,
  items: Items,
  labels: Int32Array,
): Promise<Float32Array> {
  const { count } = items;
  const { sites, stages: draws } = sampler;
  const size = count * sites * draws;
  let state: NamedArrays = { codes: new Int32Array(size), hidden: new Float32Array(size).fill(1) };
  const times = samplingTimes({ last: STUDY.times, steps, spacing: "trailing" });
  for (const [at, to] of times.slice(1).entries()) {
    const numbers = (name: string) => uniforms(randomStream(seed, `${SAMPLE_STREAM}/${name}-${at}`), { items, sites, draws }); // prettier-ignore
    const outputs = await programs.run(`fill ${count}`, () => sampler.step(count), {
      ...{ ...state, labels, share: Float32Array.of((times[at]! - to) / times[at]!) },
      ...{ drawn: numbers("codes"), revealed: numbers("revealed") },
    });
    state = { codes: outputs["codes"]!.slice(), hidden: outputs["hidden"]!.slice() };
  }
  const outputs = await programs.run(`decode ${count}`, () => sampler.decode(count), { codes: state["codes"]! });
  return outputs["images"] as Float32Array;
}

async function drawInOneRun(
  { programs, seed }: SampleRequest,
  sampler: OneRunSampler,
  temperature: number,
  items: Items,
  labels: Int32Array,
): Promise<Float32Array> {
  const noise = Object.entries(sampler.noise.draw(seed, items)).map(([name, data]) => [`noise/${name}`, data]);
  const outputs = await programs.run(`sample ${items.count}`, () => sampler.program(items.count), {
    ...(Object.fromEntries(noise) as NamedArrays),
    labels,
    temperature: Float32Array.of(temperature),
  });
  return outputs["images"] as Float32Array;
}

async function drawByPlan(
  { programs, seed }: SampleRequest,
  sampler: PlannedSampler,
  plan: Plan,
  items: Items,
  labels: Int32Array,
): Promise<Float32Array> {
  const { count } = items;
  const stream = randomStream(seed, SAMPLE_STREAM);
  let state = new Float32Array(count * sampler.stateSize);
  for (const [scale, { sites, width: draws }] of sampler.scales.entries()) {
    const region = { items, scale, sites, draws };
    const start = normals(stream, region).map((value) => value * plan[0]!.level.noise);
    const value = await sampleByPlan<Float32Array>(plan, {
      start,
      async denoise(noisy, level) {
        const outputs = await programs.run(`denoise ${scale} ${count}`, () => sampler.denoise(scale, count), {
          labels,
          state,
          noisy,
          level: new Float32Array(count).fill(ratioOf(level)),
        });
        return denoised(sampler.process.parameterisation, noisy, level, {
          prediction: outputs["prediction"] as Float32Array,
        });
      },
      noise: (step) => normals(randomStream(seed, `${SAMPLE_STREAM}/fresh-${step}`), region),
    });
    const outputs = await programs.run(`refine ${scale} ${count}`, () => sampler.refine(scale, count), {
      state,
      value,
    });
    state = (outputs["state"] ?? outputs["images"]!).slice() as Float32Array<ArrayBuffer>;
  }
  return state;
}

/** What a network is told of a level. */
export function ratioOf({ signal, noise }: NoiseLevel): number {
  return noise / signal;
}
