import type { NamedArrays, Program } from "@nextscale/engine";
import { inflated, normals, sampleByPlan, type RandomStream } from "@nextscale/refinement-core";
import type { WeatherModelConfig } from "../config/config.js";
import type { DenoisingHead, Head, Members, OneRunHead } from "../head/head.js";
import { denoiseProgram, forecastProgram } from "./forecast-program.js";

/** A step of some members. */
export interface StepToDraw {
  readonly members: Members;
  /** Of this step: a member's numbers are its own. */
  readonly stream: RandomStream;
  readonly sharpness: Float32Array;
  /** previous, current and forcings of the members. */
  readonly start: NamedArrays;
  /** Runs a program of the model. */
  run(key: string, build: () => Program, inputs: NamedArrays): Promise<NamedArrays>;
}

/** The next states of the members [members, H, W, C], in deviations. */
export function drawStep(config: WeatherModelConfig, head: Head, step: StepToDraw): Promise<Float32Array> {
  return head.kind === "one run" ? drawInOneRun(config, head, step) : drawByDenoising(config, head, step);
}

async function drawInOneRun(config: WeatherModelConfig, head: OneRunHead, step: StepToDraw): Promise<Float32Array> {
  const { members, stream, sharpness, start, run } = step;
  const named = Object.entries(head.noise(stream, members)).map(([name, values]) => [`noise/${name}`, values] as const);
  const outputs = await run(`forecast ${members.count}`, () => forecastProgram(config, head, members.count), {
    ...start,
    ...Object.fromEntries(named),
    sharpness,
  });
  return outputs["next"] as Float32Array;
}

async function drawByDenoising(
  config: WeatherModelConfig,
  head: DenoisingHead,
  step: StepToDraw,
): Promise<Float32Array> {
  const { members, stream, sharpness, start, run } = step;
  const count = members.count;
  const values = start["current"]!.length / count;
  // The first scale's numbers are those that the draw starts from.
  const noise = (scale: number) => normals(stream, { items: members, scale, draws: values });
  let next: Float32Array | undefined;
  const most = head.plan[0]!.level.noise;
  await sampleByPlan<Float32Array>(inflated(head.plan, sharpness[0]!), {
    start: noise(0).map((value) => value * most),
    noise: (i) => noise(i + 1),
    async denoise(noisy, level) {
      const inputs = { ...start, noisy, level: new Float32Array(count).fill(level.noise) };
      const outputs = await run(`denoise ${count}`, () => denoiseProgram(config, head, count), inputs);
      next = outputs["next"] as Float32Array;
      return { data: outputs["denoised"] as Float32Array };
    },
  });
  // The last step of a plan goes to what its one evaluation says.
  return next!;
}
