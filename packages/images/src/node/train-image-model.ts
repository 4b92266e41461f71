import { adamWZeros, type NamedArrays, type TensorType, type Tree } from "@nextscale/engine";
import { openEngine, type EngineName } from "@nextscale/engine/node";
import {
  codebookTypes,
  codeNoise,
  cosineSchedule,
  fitCodebooks,
  flatThenLinearSchedule,
  hostGrid,
  hostTensor,
  initialiser,
  integers,
  multiScaleScales,
  parameterArrays,
  parameterNormals,
  randomStream,
  uniforms,
  withWarmUp,
  type Schedule,
} from "@nextscale/refinement-core";
import { writeCheckpoint } from "@nextscale/refinement-core/node";
import type { ImageDataset } from "../data/image-dataset.js";
import { imageRefiner } from "../generator/generator.js";
import { latentProgram } from "../generator/programs.js";
import { refinerProgram } from "../generator/training-program.js";
import { imageModelKind } from "../model/checkpoint-kind.js";
import type { ImageModelConfig, ImageTrainingConfig } from "../model/config.js";
import { IMAGE_PRESETS, type ImagePresetName } from "../model/presets.js";
import { layoutOf, weightTypes, type WeightTypes } from "../model/weights.js";
import { initTokeniser, scaleSizes } from "../tokeniser/tokeniser.js";
import { tokeniserProgram, warmUpProgram, weightStateTypes } from "../tokeniser/training-program.js";
import { imagesAt, trainingBatches } from "../training/batches.js";
import { runStage, type StageProgress, type TrainingRun } from "./train-stage.js";

/** What to train. */
export interface TrainImageModelOptions {
  readonly preset: ImagePresetName;
  readonly dataset: ImageDataset;
  /** Folder for the model; the checkpoints of its stages go into a sibling, `<out>.training`. */
  readonly out: string;
  /** Default 0. */
  readonly seed?: number;
  /** Goes on from the checkpoints in `out`; without it a run starts over. */
  readonly resume?: boolean;
  readonly engine?: EngineName;
  readonly signal?: AbortSignal;
  /** Called every few steps. */
  readonly onProgress?: (progress: StageProgress) => void;
}

/** Images that codebooks are fitted on. */
const CODEBOOK_IMAGES = 4000;
const LATENT_BATCH = 250;
/** Restarted codes need time to settle: none in the last part of the steps. */
const RESTARTS_UNTIL = 0.85;
/** Decay of the average of the weights, which grows with the steps so that the start is soon forgotten. */
const AVERAGE_DECAY = 0.999;
const averageDecay: Schedule = (step) => Math.min(AVERAGE_DECAY, (1 + step) / (10 + step));

/**
 * Trains an image model in three stages: an autoencoder, its quantised form, then the refiner over its codes. Writes the
 * model to `out` and returns its weights' names and arrays.
 *
 * @throws NextscaleError `interrupted` (resumable), `invalid-data` when training diverges or `out` holds another run,
 *   `unwritable`, `engine-unavailable`
 */
export async function trainImageModel(options: TrainImageModelOptions): Promise<ImageModelConfig> {
  const { dataset, out, seed = 0, resume = false, signal, onProgress } = options;
  const { model, training } = IMAGE_PRESETS[options.preset];
  const { height, width, channels, classes } = dataset;
  const config: ImageModelConfig = { height, width, channels, classes: [...classes], ...model };
  const engine = await openEngine(options.engine);
  try {
    const run: TrainingRun = {
      config: { model: config, training: training },
      seed,
      data: { name: dataset.name, sha256: dataset.hash },
      folder: out,
      engine,
      resume,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    const types = weightTypes(config);
    const warm = await warmUp(run, dataset, types);
    const tokeniser = await quantise(run, dataset, types, warm);
    const refiner = await refine(run, dataset, types, tokeniser);
    await writeCheckpoint(out, imageModelKind, {
      config,
      seed,
      data: run.data,
      metrics: {},
      tensors: { ...tokeniser, ...refiner },
    });
    return config;
  } finally {
    await engine.close();
  }
}

/** Stage 1: a plain autoencoder, whose latents the codebooks are then fitted on. */
async function warmUp(run: TrainingRun, dataset: ImageDataset, types: WeightTypes): Promise<NamedArrays> {
  const { model, training } = run.config;
  const { warmUpSteps, batchSize } = training.tokeniser;
  const batches = trainingBatches(dataset, { batchSize, seed: run.seed, shift: training.shift });
  const initial = initTokeniser(
    model,
    initialiser(parameterNormals(run.seed), "tokeniser"),
    randomStream(run.seed, "phi"),
  );
  return runStage(run, {
    name: "autoencoder",
    steps: warmUpSteps,
    program: () => warmUpProgram(model, training, types.tokeniser),
    layout: layoutOf({ state: weightStateTypes(types.tokeniser) }),
    start: () => freshState(parameterArrays(initial, "state/parameters"), types.tokeniser),
    batches: (step) => ({ images: batches(step).images }),
    scalars: tokeniserSchedules(training, 0),
  });
}

/** Stage 2: the quantised autoencoder. Returns what a finished model keeps of it: averaged weights and embeddings. */
async function quantise(
  run: TrainingRun,
  dataset: ImageDataset,
  types: WeightTypes,
  warm: NamedArrays,
): Promise<NamedArrays> {
  const { model, training } = run.config;
  const { steps, warmUpSteps, batchSize, truncation } = training.tokeniser;
  const { scales, vocabulary, latentChannels } = model.tokeniser;
  const batches = trainingBatches(dataset, { batchSize, seed: run.seed, shift: training.shift });
  const prefixes = randomStream(run.seed, "images/prefix");
  const restarts = randomStream(run.seed, "images/restart");
  const layout = layoutOf({
    state: weightStateTypes(types.tokeniser),
    codebooks: scales.map(() => codebookTypes(vocabulary, latentChannels)),
  });
  const lastStep = steps - warmUpSteps;
  const state = await runStage(run, {
    name: "tokeniser",
    steps: lastStep,
    program: () => tokeniserProgram(model, training, types.tokeniser),
    layout,
    start: async () => ({ ...warm, ...(await fittedCodebooks(run, dataset, types, warm)) }),
    batches: (step) => {
      const { images, firstItem } = batches(step + warmUpSteps);
      const choices = scales.map((side, k) => {
        const drawn = integers(restarts, { items: [step], scale: k, draws: vocabulary }, batchSize * side * side);
        return [`restart/choices/${k}`, drawn] as const;
      });
      return {
        images,
        lastScale: lastScales(
          uniforms(prefixes, { items: { first: firstItem, count: batchSize }, draws: 2 }),
          scales.length,
          truncation,
        ),
        "restart/active": Float32Array.of(step < RESTARTS_UNTIL * lastStep ? 1 : 0),
        ...Object.fromEntries(choices),
      };
    },
    scalars: tokeniserSchedules(training, warmUpSteps),
  });
  const embeddings = scales.map((_, k) => [`embeddings/${k}`, state[`codebooks/${k}/embedding`]!] as const);
  return { ...renamed(state, "state/average/", "tokeniser/"), ...Object.fromEntries(embeddings) };
}

/** Stage 3: the refiner on the frozen tokeniser's codes. Returns its averaged weights. */
async function refine(
  run: TrainingRun,
  dataset: ImageDataset,
  types: WeightTypes,
  tokeniser: NamedArrays,
): Promise<NamedArrays> {
  const { model, training } = run.config;
  const { steps, batchSize, learningRate, classDropout, corruption } = training.refiner;
  const { scales, vocabulary } = model.tokeniser;
  const batches = trainingBatches(dataset, { batchSize, seed: run.seed + 1, shift: training.shift });
  const dropout = randomStream(run.seed, "images/class-dropout");
  const flips = randomStream(run.seed, "images/corruption");
  const initial = imageRefiner(model).init(parameterNormals(run.seed));
  const program = refinerProgram(model, training, types);
  const wanted = new Set(program.inputs.map(({ name }) => name));
  const state = await runStage(run, {
    name: "refiner",
    steps,
    program: () => program,
    layout: layoutOf({ state: weightStateTypes(types.refiner) }),
    start: () => freshState(parameterArrays(initial, "state/parameters"), types.refiner),
    constants: Object.fromEntries(Object.entries(tokeniser).filter(([name]) => wanted.has(name))),
    batches: (step) => {
      const { images, labels, firstItem } = batches(step);
      const items = { first: firstItem, count: batchSize };
      const drop = uniforms(dropout, { items, draws: 1 });
      const noise = scales.flatMap((side, k) => {
        const strength = k === scales.length - 1 ? 0 : corruption;
        const { mask, replacement } = codeNoise(flips, { items, scale: k, sites: side * side, vocabulary, strength });
        return [[`noise/${k}/mask`, mask] as const, [`noise/${k}/replacement`, replacement] as const];
      });
      const nullClass = model.classes.length;
      return {
        images,
        labels: labels.map((label, i) => (drop[i]! < classDropout ? nullClass : label)),
        ...Object.fromEntries(noise),
      };
    },
    scalars: {
      learningRate: withWarmUp(
        flatThenLinearSchedule({ peak: learningRate, last: learningRate * 0.01, steps, flat: 0.4 }),
        { steps: 100 },
      ),
      averageDecay,
    },
  });
  return renamed(state, "state/average/", "refiner/");
}

/** Codebooks by residual k-means over the latents of some training images. */
async function fittedCodebooks(
  run: TrainingRun,
  dataset: ImageDataset,
  types: WeightTypes,
  warm: NamedArrays,
): Promise<NamedArrays> {
  const { model, training } = run.config;
  const count = Math.min(CODEBOOK_IMAGES, dataset.count - (dataset.count % LATENT_BATCH));
  const program = latentProgram(model, types, LATENT_BATCH);
  const encoder = Object.fromEntries(program.inputs.flatMap(({ name }) => (name === "images" ? [] : [[name, warm[`state/parameters/${name.slice("tokeniser/".length)}`]!]]))); // prettier-ignore
  const executable = await run.engine.compile(program, { constants: encoder });
  const sizes = scaleSizes(model);
  const [height, width] = sizes.at(-1)!;
  const latents = hostTensor([count, height, width, model.tokeniser.latentChannels]);
  const perRun = latents.data.length / (count / LATENT_BATCH);
  try {
    for (let first = 0; first < count; first += LATENT_BATCH) {
      const output = await executable.run({ images: imagesAt(dataset, first, LATENT_BATCH) });
      latents.data.set(output["latents"] as Float32Array, (first / LATENT_BATCH) * perRun);
    }
  } finally {
    await executable.close();
  }
  const books = fitCodebooks(multiScaleScales(hostGrid, { sizes }), hostTensor(latents.shape), latents, {
    vocabulary: model.tokeniser.vocabulary,
    sharing: "per-scale",
    stream: randomStream(run.seed, "images/codebooks"),
    batchSize: training.tokeniser.batchSize,
  });
  return Object.fromEntries(
    books.flatMap(({ embedding, count: hits, sum }, k) => [
      [`codebooks/${k}/embedding`, embedding.data],
      [`codebooks/${k}/count`, hits.data],
      [`codebooks/${k}/sum`, sum.data],
    ]),
  );
}

/** One-hot rows [items, scales]: the last scale for most, any scale for the share that is truncated. */
function lastScales(numbers: Float32Array, scales: number, truncation: number): Float32Array {
  const rows = new Float32Array((numbers.length / 2) * scales);
  for (let i = 0; i < numbers.length / 2; i++) {
    const last = numbers[2 * i]! < truncation ? Math.floor(numbers[2 * i + 1]! * scales) : scales - 1;
    rows[i * scales + Math.min(last, scales - 1)] = 1;
  }
  return rows;
}

/** Schedules of both tokeniser stages: one cosine over all their steps. */
function tokeniserSchedules({ tokeniser }: ImageTrainingConfig, offset: number): Readonly<Record<string, Schedule>> {
  const { learningRate, steps } = tokeniser;
  const rate = withWarmUp(cosineSchedule({ peak: learningRate, last: learningRate * 0.01, steps }), { steps: 100 });
  return { learningRate: (step) => rate(step + offset), averageDecay: (step) => averageDecay(step + offset) };
}

/** Parameters, their average starting equal to them, and AdamW's zeros. */
function freshState(parameters: NamedArrays, types: Tree<TensorType>): NamedArrays {
  const average = Object.entries(parameters).map(
    ([name, data]) => [name.replace("state/parameters/", "state/average/"), data.slice()] as const,
  );
  return { ...parameters, ...Object.fromEntries(average), ...adamWZeros(types, "state/optimiser") };
}

/** The arrays under one prefix, under another. */
function renamed(arrays: NamedArrays, from: string, to: string): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays).flatMap(([name, data]) =>
      name.startsWith(from) ? [[to + name.slice(from.length), data]] : [],
    ),
  );
}
