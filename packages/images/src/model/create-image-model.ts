import { NextscaleError, type Engine, type NamedArrays } from "@nextscale/engine";
import {
  generationNoise,
  randomStream,
  samplingControls,
  type Checkpoint,
  type ModelDescription,
  compiledPrograms,
  inBatches,
  sliceItems,
  untilSignalsAreSeen,
} from "@nextscale/refinement-core";
import { scaleGeometry } from "../generator/generator.js";
import { likelihoodProgram, samplingProgram } from "../generator/programs.js";
import type { ImageBatch } from "../image-batch.js";
import { decodingProgram, encodingProgram } from "../tokeniser/programs.js";
import type { ImageModelConfig } from "../config/config.js";
import type { CodeScores, ImageModel, ImageSamples, SampleRequest } from "./image-model.js";
import {
  countOfLabels,
  requireCodes,
  requireFinite,
  requireImages,
  requireLabels,
  requireRequest,
} from "./requirements.js";
import { weightTypes } from "../generator/weights.js";

/** As much of a checkpoint as a model is made of. */
export interface ImageModelContent extends Pick<Checkpoint<ImageModelConfig>, "config" | "tensors" | "hash"> {
  readonly description: Pick<ModelDescription, "seed" | "data">;
}

/** What a model is made with besides its checkpoint. */
export interface CreateImageModelOptions {
  /** Stays open when the model is closed, unless `ownsEngine`. */
  readonly engine: Engine;
  readonly ownsEngine?: boolean;
}

/**
 * A model from the content of its two files. It works wherever there is an engine; with Node `loadImageModel` does it all.
 *
 * @param content what `decodeCheckpoint` gives, which has checked it
 *
 * @example
 * const bytes = async (name) => new Uint8Array(await (await fetch(`mnist/${name}`)).arrayBuffer());
 * const files = { "model.json": await bytes("model.json"), "weights.safetensors": await bytes("weights.safetensors") };
 * const model = createImageModel(await decodeCheckpoint(imageModelKind, files), { engine });
 */
export function createImageModel(
  { config, tensors, hash, description }: ImageModelContent,
  { engine, ownsEngine = false }: CreateImageModelOptions,
): ImageModel {
  const types = weightTypes(config);
  const geometry = scaleGeometry(config);
  const programs = compiledPrograms(engine, tensors, {
    where: "images/model",
    ...(ownsEngine ? { afterwards: () => engine.close() } : {}),
  });
  const { height, width, channels, classes, tokeniser } = config;
  const { vocabulary } = tokeniser;
  const pixels = height * width * channels;
  const scales = geometry.length;
  const sites = geometry.reduce((sum, scale) => sum + scale.sites, 0);

  const asBatch = (data: Float32Array, count: number): ImageBatch => ({ data, count, height, width, channels });
  const emptyCodes = (count: number) => geometry.map((scale) => new Int32Array(count * scale.sites));
  const codeInputs = (codes: readonly Int32Array[], first: number, items: number): NamedArrays =>
    Object.fromEntries(geometry.map((scale, k) => [`codes/${k}`, sliceItems(codes[k]!, scale.sites, first, items)]));
  const keepCodes = (outputs: NamedArrays, codes: readonly Int32Array[], first: number, kept: number): void =>
    geometry.forEach((scale, k) => {
      codes[k]!.set(outputs[`codes/${k}`]!.subarray(0, kept * scale.sites), first * scale.sites);
    });

  const decodeAt = async (codes: readonly Int32Array[], count: number, shown: readonly number[]) => {
    requireCodes(codes, count, config);
    const images = shown.map(() => new Float32Array(count * pixels));
    await inBatches(count, async (first, items, kept) => {
      const build = () => decodingProgram(config, types, items, shown);
      const outputs = await programs.run(`decode ${items} ${shown.join()}`, build, codeInputs(codes, first, items));
      shown.forEach((k, i) => images[i]!.set(outputs[`images/${k}`]!.subarray(0, kept * pixels), first * pixels));
    });
    images.forEach((data) => requireFinite(data, hash));
    return images.map((data) => asBatch(data, count));
  };

  const decode = async (codes: readonly Int32Array[], count: number) =>
    (await decodeAt(codes, count, [scales - 1]))[0]!;

  const encode = async (images: ImageBatch): Promise<readonly Int32Array[]> => {
    requireImages(images, config);
    const codes = emptyCodes(images.count);
    await inBatches(images.count, async (first, items, kept) => {
      const build = () => encodingProgram(config, types, items);
      const inputs = { images: sliceItems(images.data, pixels, first, items) };
      keepCodes(await programs.run(`encode ${items}`, build, inputs), codes, first, kept);
    });
    return codes;
  };

  const sample = async (request: SampleRequest): Promise<ImageSamples> => {
    requireRequest(request, config);
    const { count, seed = 0, label, first = 0, signal, onProgress, ...options } = request;
    const { plan, controls } = samplingControls(options, scales, vocabulary);
    const labels = requireLabels(label, { count, first, classes: classes.length });
    const stream = randomStream(seed, "images/sample");
    const data = new Float32Array(count * pixels);
    const codes = emptyCodes(count);
    const fixed = Object.fromEntries(Object.entries(controls).map(([name, values]) => [`controls/${name}`, values as Float32Array])); // prettier-ignore
    await inBatches(count, async (start, items, kept) => {
      if (signal !== undefined) await untilSignalsAreSeen();
      if (signal?.aborted) throw interrupted(start, count);
      const noise = generationNoise(stream, { first: first + start, count: items }, geometry, vocabulary);
      const build = () => samplingProgram(config, types, plan, items);
      const outputs = await programs.run(`sample ${items} ${JSON.stringify(plan)}`, build, {
        ...fixed,
        labels: sliceItems(labels, 1, start, items),
        ...Object.fromEntries(noise.map((uniform, k) => [`uniform/${k}`, uniform])),
      });
      data.set(outputs["images"]!.subarray(0, kept * pixels), start * pixels);
      keepCodes(outputs, codes, start, kept);
      onProgress?.(start + kept, count);
    });
    requireFinite(data, hash);
    return { ...asBatch(data, count), labels, codes };
  };

  const score = async (codes: readonly Int32Array[], labels: ArrayLike<number>): Promise<CodeScores> => {
    const count = countOfLabels(labels);
    requireCodes(codes, count, config);
    const checked = requireLabels(labels, { count, first: 0, classes: classes.length });
    const scores: CodeScores = {
      nats: new Float32Array(count * scales),
      confidence: new Float32Array(count * sites),
      correct: new Uint8Array(count * sites),
    };
    await inBatches(count, async (first, items, kept) => {
      const build = () => likelihoodProgram(config, types, items);
      const inputs = { ...codeInputs(codes, first, items), labels: sliceItems(checked, 1, first, items) };
      const outputs = await programs.run(`score ${items}`, build, inputs);
      scores.nats.set(outputs["nats"]!.subarray(0, kept * scales), first * scales);
      scores.confidence.set(outputs["confidence"]!.subarray(0, kept * sites), first * sites);
      scores.correct.set(outputs["correct"]!.subarray(0, kept * sites), first * sites);
    });
    return scores;
  };

  return {
    config,
    hash,
    trainedOn: description.data,
    seed: description.seed,
    engine: engine.name,
    networkEvaluations: (options = {}) => scales * (samplingControls(options, scales, vocabulary).plan.guided ? 2 : 1),

    // Each is one call from its first batch to its last: closing in between would break it off.
    sample: (request) => programs.call(() => sample(request)),
    decodeScales: (codes, count) => programs.call(() => decodeAt(codes, count, [...geometry.keys()])),
    decode: (codes, count) => programs.call(() => decode(codes, count)),
    encode: (images) => programs.call(() => encode(images)),
    reconstruct: (images) => programs.call(async () => decode(await encode(images), images.count)),
    score: (codes, labels) => programs.call(() => score(codes, labels)),
    close: () => programs.close(),
  };
}

function interrupted(done: number, count: number): NextscaleError {
  return new NextscaleError({
    code: "interrupted",
    where: "images/sample",
    expected: `${count} samples`,
    got: `an interruption after ${done}`,
    fix: "sample again: the same seed gives the same images",
  });
}
