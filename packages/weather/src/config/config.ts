import * as z from "zod";
import { headConfigSchema, saidPerScale, type HeadConfig, type HeadPreset } from "./head-config.js";

const positive = z.number().int().positive();
const layerWidth = positive.max(1024);
const share = z.number().min(0).max(1);
/** Names end up in files, tables and plots. */
const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^\P{Cc}*$/u, "expected a name without control characters");

/** A grid as a model describes it: the coordinates of its rows and columns; areas follow from them. */
export const gridConfigSchema = z.strictObject({
  kind: z.enum(["equiangular", "equiangular-with-poles", "gaussian", "regional"]),
  latitudes: z.array(z.number().min(-90).max(90)).min(2).max(4096),
  longitudes: z.array(z.number().min(-360).max(720)).min(2).max(4096),
});

/**
 * What the next state is expected to be before the network has looked at it: itself, or by linear regression, of the cells around
 * each cell or of the whole state's principal components.
 */
export const anchorConfigSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("persistence") }),
  z.strictObject({ kind: z.literal("ridge"), rows: positive.max(31), columns: positive.max(31) }),
  z.strictObject({ kind: z.literal("component-ridge") }),
]);

/**
 * What the data consists of: waves up to a total wavenumber, on a Gaussian grid, or its leading principal components. Forecasts
 * are kept to it: a block of cells is drawn without knowing what its neighbours draw, which makes patterns that do not belong
 * there, and over many steps they grow.
 */
export const truncationSchema = z.union([positive.max(1000), z.strictObject({ components: positive.max(4096) })]);

/** Network sizes. */
export const networkConfigSchema = z
  .strictObject({
    width: layerWidth,
    heads: positive,
    encoderBlocks: positive.max(64),
    scaleBlocks: positive.max(64),
    /** Columns of tokens in an attention window. */
    windowColumns: positive,
    /** Cells along a side of a token of the encoder. */
    encoderSide: positive.max(64),
  })
  .refine(({ width, heads }) => width % heads === 0, "expected heads that divide the width");

/** What a forecast model is: enough, with its weights, to run it. */
export const weatherModelConfigSchema = z
  .strictObject({
    grid: gridConfigSchema,
    /** Names of the channels: `z500`. */
    channels: z.array(name).min(1).max(256),
    /** Fields that never change and that the network sees besides the state. */
    statics: positive.max(256),
    /** What states are kept to; all states are possible without it. */
    truncation: truncationSchema.optional(),
    /** Hours of a step. */
    stepHours: positive.max(24 * 31),
    /** Hours of the day, UTC, that the data is of, ascending. */
    hours: z.array(z.number().min(0).max(24)).min(1).max(96),
    anchor: anchorConfigSchema,
    pyramid: z.strictObject({
      /** By how much each scale is finer than the one before, coarsest first. None: all is drawn at once. */
      factors: z.array(z.union([z.literal(2), z.literal(4), z.literal(8)])).max(8),
      /** Cells along a side of a token of the coarsest scale; those of the others are as large as the scale is finer. */
      baseSide: positive.max(64),
      expansion: z.enum(["bilinear", "replication"]),
    }),
    head: headConfigSchema,
    /** What members are spread by at each scale, coarsest first, 1 being as trained: fitted on validation data. */
    sharpness: z.array(z.number().positive()).min(1).max(9),
    network: networkConfigSchema,
  })
  .superRefine((config, context) => {
    for (const { path, message } of [...contradictions(config), ...unequalScales(config)])
      context.addIssue({ code: "custom", path: [...path], message });
  });
interface Contradiction {
  readonly path: readonly string[];
  readonly message: string;
}

type ModelParts = {
  readonly grid: {
    readonly kind: string;
    readonly latitudes: readonly number[];
    readonly longitudes: readonly number[];
  };
  readonly pyramid: { readonly factors: readonly number[]; readonly baseSide: number };
  readonly network: { readonly windowColumns: number; readonly encoderSide: number };
  readonly channels: readonly string[];
  readonly anchor: { readonly kind: string };
  readonly truncation?: number | { readonly components: number } | undefined;
};

/** What a description, or a preset and a grid, say that cannot be true together. */
export function contradictions({ grid, channels, anchor, pyramid, network, truncation }: ModelParts): Contradiction[] {
  const product = pyramid.factors.reduce((total, factor) => total * factor, pyramid.baseSide);
  const sides = [grid.latitudes.length, grid.longitudes.length];
  const finest = pyramid.factors.at(-1) ?? pyramid.baseSide;
  const columns = tokenColumns(grid.longitudes.length, pyramid, network.encoderSide);
  const isWindowed = (count: number) =>
    count <= network.windowColumns || (count % network.windowColumns === 0 && network.windowColumns % 2 === 0);
  const rules: readonly (readonly [boolean, readonly string[], string])[] = [
    [
      sides.every((side) => side % product === 0),
      ["pyramid", "factors"],
      `expected factors that, with the base's tokens, divide ${sides.join("x")}`,
    ],
    [
      finest % network.encoderSide === 0,
      ["network", "encoderSide"],
      `expected a divisor of ${finest}, the finest scale's tokens`,
    ],
    [
      columns.every(isWindowed),
      ["network", "windowColumns"],
      `expected even windows that divide ${columns.join(", ")} columns`,
    ],
    [
      typeof truncation !== "number" ||
        (grid.kind === "gaussian" && sides[0]! > truncation && sides[1]! > 2 * truncation),
      ["truncation"],
      "expected waves that a Gaussian grid resolves",
    ],
    [
      typeof truncation !== "object" || truncation.components <= sides[0]! * sides[1]! * channels.length,
      ["truncation", "components"],
      "expected no more than a state has values",
    ],
    [
      anchor.kind !== "component-ridge" || typeof truncation === "object",
      ["anchor"],
      "expected a truncation to principal components, whose regression it is",
    ],
  ];
  return rules.filter(([holds]) => !holds).map(([, path, message]) => ({ path, message }));
}

/** What is not said once for each scale: of a model, or of a preset, whose head is not fitted and which has no sharpness. */
export function unequalScales({
  pyramid,
  head,
  sharpness,
}: Pick<ModelParts, "pyramid"> & {
  readonly head: HeadConfig | HeadPreset;
  readonly sharpness?: readonly number[];
}): Contradiction[] {
  const scales = pyramid.factors.length + 1;
  const said = [
    ...saidPerScale(head).map(({ path, count }) => ({ path: ["head", ...path], count })),
    ...(sharpness === undefined ? [] : [{ path: ["sharpness"], count: sharpness.length }]),
  ];
  return said
    .filter(({ count }) => count !== scales)
    .map(({ path, count }) => ({ path, message: `expected one for each of ${scales} scales, got ${count}` }));
}

/** Columns of tokens of each scale and of the encoder. */
function tokenColumns(
  longitudes: number,
  { factors, baseSide }: ModelParts["pyramid"],
  encoderSide: number,
): readonly number[] {
  const cells = [baseSide, ...factors].map(
    (side, k) => side * factors.slice(k).reduce((total, factor) => total * factor, 1),
  );
  return [...cells, encoderSide].map((side) => longitudes / side);
}

/** How the network is trained; part of a preset and of a training checkpoint, not of a finished model. */
export const weatherTrainingSchema = z.strictObject({
  steps: positive,
  batchSize: positive,
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  /** Largest share of a state's codes that are made wrong, for self-correction; of a head that has codes on several scales. */
  corruption: share.optional(),
  /**
   * Most noise on the states that a step starts from, in standard deviations of a step's change: every item has from none to
   * so much. A forecast's own states have some from its second step on, and what was not learned to be removed grows.
   */
  inputNoise: z.number().min(0),
  /** Share of the items that start from the model's own forecast of the present; 0 for a head that denoises. */
  pushforward: share,
});

/** A model and its training, but for what the data decides. */
export interface WeatherPreset {
  readonly model: Pick<WeatherModelConfig, "anchor" | "pyramid" | "network" | "truncation"> & {
    readonly head: HeadPreset;
  };
  readonly training: WeatherTrainingConfig;
}

/** What a forecast model is. */
export type WeatherModelConfig = Readonly<z.infer<typeof weatherModelConfigSchema>>;
/** How the network is trained. */
export type WeatherTrainingConfig = Readonly<z.infer<typeof weatherTrainingSchema>>;

/** Whether there are codes that finer ones could correct. */
function hasScalesOfCodes({ head, pyramid }: WeatherModelConfig): boolean {
  return head.kind === "categorical" && pyramid.factors.length > 0;
}

/** Schema of a run's configuration, which makes a run the same run when it is resumed. */
export const runConfigSchema = z
  .strictObject({ model: weatherModelConfigSchema, training: weatherTrainingSchema })
  .refine(({ model, training }) => hasScalesOfCodes(model) === (training.corruption !== undefined), {
    path: ["training", "corruption"],
    error: "expected one for a categorical head of several scales, and none for another",
  })
  .refine(({ model, training }) => model.head.kind !== "diffusion" || training.pushforward === 0, {
    path: ["training", "pushforward"],
    error: "expected 0 for diffusion, a forecast of which is too slow to be made in every step",
  });

/** The configuration of a training run. */
export type RunConfig = Readonly<z.infer<typeof runConfigSchema>>;
