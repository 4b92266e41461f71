import {
  formatType,
  isNextscaleError,
  NextscaleError,
  readSafetensors,
  writeSafetensors,
  type DType,
  type NamedArrays,
  type Safetensor,
  type TensorType,
  type WritableSafetensor,
} from "@nextscale/engine";
import type * as z from "zod";
import { requireTensors, type TensorLayout } from "../training/tensors.js";
import { canonicalJson, describeIssues } from "./json.js";
import { formatModelDescription, parseModelDescription, type ModelDescription } from "./model-description.js";
import { sha256 } from "./sha256.js";

/** Files of a checkpoint folder. */
export const CHECKPOINT_FILES = ["model.json", "weights.safetensors"] as const;

/** What checkpoints of one kind hold: all that a domain adds to the format. */
export interface CheckpointKind<Config> {
  /** `images/next-scale`. */
  readonly kind: string;
  /** Validates the configuration. Without transforms: what it returns must be JSON that it accepts and returns again. */
  readonly config: z.ZodType<Config>;
  /** Names, shapes and dtypes of the tensors that a configuration implies. */
  readonly layout: (config: Config) => TensorLayout;
}

/** What is written into a checkpoint. */
export interface CheckpointContent<Config> {
  readonly config: Config;
  readonly seed: number;
  /** The data set it was trained on. */
  readonly data: ModelDescription["data"];
  /** Of an unfinished or resumable training; `tensors` is then the whole state. */
  readonly training?: ModelDescription["training"];
  /** Figures measured on it, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly tensors: NamedArrays;
}

/** What is read from a checkpoint. */
export interface Checkpoint<Config> {
  readonly config: Config;
  readonly description: ModelDescription;
  readonly tensors: NamedArrays;
  /** SHA-256 of kind, configuration and weights: what a receipt calls the model's hash. */
  readonly hash: string;
}

const SAFETENSOR_DTYPE = { float32: "F32", int32: "I32", bool: "BOOL" } as const satisfies Record<
  DType,
  Safetensor["dtype"]
>;

/**
 * The files of a checkpoint.
 *
 * @throws NextscaleError `invalid-data` when the tensors are not those of the configuration or not finite, or when a field
 *   is not what `model.json` may hold
 */
export async function encodeCheckpoint<Config>(
  kind: CheckpointKind<Config>,
  content: CheckpointContent<Config>,
): Promise<Record<(typeof CHECKPOINT_FILES)[number], Uint8Array>> {
  const where = `checkpoint ${kind.kind}`;
  const config = parseConfig(kind, content.config, where);
  const layout = kind.layout(config);
  requireTensors(where, content.tensors, layout);
  const weights = writeSafetensors(
    Object.fromEntries(
      Object.entries(layout).map(([name, { dtype, shape }]) => [
        name,
        { dtype: SAFETENSOR_DTYPE[dtype], shape, data: content.tensors[name] } as WritableSafetensor,
      ]),
    ),
  );
  const { seed, data, training, metrics } = content;
  const text = formatModelDescription({
    kind: kind.kind,
    config: config as Record<string, unknown>,
    seed,
    data,
    ...(training === undefined ? {} : { training }),
    metrics,
    weights: { sha256: await sha256(weights), bytes: weights.length },
  });
  const description = new TextEncoder().encode(text);
  // Read back what is about to be written: a file that this program could not load must not replace one that it can.
  try {
    parseModelDescription(description, where);
  } catch (error) {
    if (!isNextscaleError(error)) throw error;
    const { expected, got } = error;
    throw new NextscaleError({ code: "invalid-data", where, expected, got, cause: error });
  }
  return { "model.json": description, "weights.safetensors": weights };
}

/**
 * Reads and checks the files of a checkpoint: format and version, kind, configuration, the weights' hash, and every
 * tensor's name, dtype, shape and finiteness.
 *
 * @param where shown in the error's message: the folder's path
 * @throws NextscaleError `invalid-file` for a file that breaks its format, `invalid-data` for content that cannot be right
 */
export async function decodeCheckpoint<Config>(
  kind: CheckpointKind<Config>,
  files: Readonly<Record<(typeof CHECKPOINT_FILES)[number], Uint8Array>>,
  where = "checkpoint",
): Promise<Checkpoint<Config>> {
  const description = parseModelDescription(files["model.json"], `${where}/model.json`);
  if (description.kind !== kind.kind) {
    throw wrong(
      `${where}/model.json`,
      `a model of kind ${kind.kind}`,
      `kind ${description.kind.slice(0, 80)}`,
      "load it with the program of its kind",
    );
  }
  const config = parseConfig(kind, description.config, `${where}/model.json`);
  const weights = files["weights.safetensors"];
  const at = `${where}/weights.safetensors`;
  const found = await sha256(weights);
  if (found !== description.weights.sha256 || weights.length !== description.weights.bytes) {
    const expected = `${description.weights.bytes} bytes with SHA-256 ${description.weights.sha256}`;
    throw wrong(
      at,
      expected,
      `${weights.length} bytes with ${found}`,
      "the file is damaged or of another model: fetch it again",
    );
  }
  const layout = kind.layout(config);
  const tensors = arraysOf(readSafetensors(weights, at).tensors, layout, at);
  requireTensors(at, tensors, layout);
  const hash = await sha256(new TextEncoder().encode(canonicalJson({ kind: kind.kind, config, weights: found })));
  return { config, description, tensors, hash };
}

function parseConfig<Config>(kind: CheckpointKind<Config>, config: unknown, where: string): Config {
  const parsed = kind.config.safeParse(config);
  if (parsed.success) return parsed.data;
  throw wrong(where, `a configuration of ${kind.kind}`, describeIssues(parsed.error), "correct the field");
}

/** The arrays of tensors whose dtype and shape are those of the layout; names are compared by `requireTensors`. */
function arraysOf(tensors: Readonly<Record<string, Safetensor>>, layout: TensorLayout, where: string): NamedArrays {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const type: TensorType | undefined = Object.hasOwn(layout, name) ? layout[name] : undefined;
      const right =
        type === undefined || (SAFETENSOR_DTYPE[type.dtype] === dtype && String(type.shape) === String(shape));
      if (!right)
        throw wrong(
          where,
          `tensor ${name} of ${formatType(type)}`,
          `${dtype}[${shape.join(",")}]`,
          "load it with the configuration it was trained with",
        );
      return [name, data as NamedArrays[string]];
    }),
  );
}

function wrong(where: string, expected: string, got: string, fix: string): NextscaleError {
  return new NextscaleError({ code: "invalid-data", where, expected, got, fix });
}
