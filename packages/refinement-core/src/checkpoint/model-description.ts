import { NextscaleError } from "@nextscale/engine";
import * as z from "zod";
import { canonicalJson, countSchema, parseVersionedJson, sha256Schema } from "./json.js";

const FORMAT = "nextscale-model";
const FORMAT_VERSION = 1;

/** The content of a `model.json`. */
export interface ModelDescription {
  readonly format: "nextscale-model";
  readonly formatVersion: 1;
  /** Which program reads it: `images/next-scale`. */
  readonly kind: string;
  /** What the kind's own schema says. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** The data set it was trained on. */
  readonly data: { readonly name: string; readonly sha256: string };
  /** Of an unfinished or resumable training. */
  readonly training?: {
    readonly stepsDone: number;
    readonly steps: number;
    /** Name of the engine that took the steps; absent in checkpoints of earlier programs. */
    readonly engine?: string;
  };
  /** Figures measured on it, by name: `tokeniser/test-mse`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Of `weights.safetensors`: ties the two files together. */
  readonly weights: { readonly sha256: string; readonly bytes: number };
}

/** Keys that it does not know are refused: what is written there means something or is wrong. */
const schema: z.ZodType<ModelDescription> = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  kind: z.string().min(1),
  config: z.record(z.string(), z.unknown()),
  seed: countSchema,
  data: z.strictObject({ name: z.string().min(1), sha256: sha256Schema }),
  training: z
    .strictObject({ stepsDone: countSchema, steps: countSchema, engine: z.string().min(1).exactOptional() })
    .refine(({ stepsDone, steps }) => stepsDone <= steps, "expected stepsDone of at most steps")
    .exactOptional(),
  metrics: z.record(z.string(), z.number()),
  weights: z.strictObject({ sha256: sha256Schema, bytes: countSchema }),
});

/**
 * Reads a `model.json`.
 *
 * @param where shown in the error's message: the file's path
 * @throws NextscaleError `invalid-file` for anything but a complete description of this or an earlier format version
 */
export function parseModelDescription(bytes: Uint8Array, where = "checkpoint/model.json"): ModelDescription {
  return parseVersionedJson(bytes, where, FORMAT, FORMAT_VERSION, schema);
}

/** The text of a `model.json`, for people to read as well. */
export function formatModelDescription(fields: Omit<ModelDescription, "format" | "formatVersion">): string {
  return `${JSON.stringify({ format: FORMAT, formatVersion: FORMAT_VERSION, ...fields }, null, 2)}\n`;
}

/** What makes two training runs the same run. */
export interface RunIdentity {
  readonly config: unknown;
  readonly seed: number;
  readonly data: ModelDescription["data"];
  /** Number of steps in the whole run. */
  readonly steps: number;
  /** Name of the engine, on which the bits depend; where it is not known, any will do. */
  readonly engine?: string | undefined;
}

/**
 * Refuses to resume a checkpoint of another run: the result would be neither run's.
 *
 * @throws NextscaleError `invalid-data` naming what differs
 */
export function requireSameRun(where: string, found: RunIdentity, wanted: RunIdentity): void {
  // What a command names comes first: from another seed or other data much of the configuration may follow.
  const fields = [
    ...differingKeys(
      "",
      { seed: found.seed, data: found.data, steps: found.steps },
      { seed: wanted.seed, data: wanted.data, steps: wanted.steps },
    ),
    ...(found.engine === undefined || wanted.engine === undefined
      ? []
      : differingKeys("", { engine: found.engine }, { engine: wanted.engine })),
    ...differingKeys("config", found.config, wanted.config),
  ];
  if (fields.length === 0) return;
  throw new NextscaleError({
    code: "invalid-data",
    where,
    expected: `a checkpoint of this run (${fields.map(({ name, wanted: value }) => `${name} ${value}`).join(", ")})`,
    got: fields.map(({ name, found: value }) => `${name} ${value}`).join(", "),
    fix: "resume with the settings it was started with, or train into another folder",
  });
}

function differingKeys(
  prefix: string,
  found: unknown,
  wanted: unknown,
): { name: string; found: string; wanted: string }[] {
  const [a, b] = [found as Record<string, unknown>, wanted as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (isPlainObject(a[key]) && isPlainObject(b[key])) return differingKeys(name, a[key], b[key]);
    const [ours, theirs] = [a[key], b[key]].map((of) => (of === undefined ? "absent" : canonicalJson(of)));
    return ours === theirs ? [] : [{ name, found: shortened(ours!), wanted: shortened(theirs!) }];
  });
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of a thousand numbers says no more than its beginning. */
function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
