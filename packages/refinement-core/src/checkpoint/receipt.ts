import { NextscaleError } from "@nextscale/engine";
import * as z from "zod";
import { canonicalJson, countSchema, describeIssues, parseVersionedJson, sha256Schema } from "./json.js";

const FORMAT = "nextscale-receipt";
const FORMAT_VERSION = 1;

/** A run receipt: what was run on what, beside whatever the run wrote. */
export interface Receipt {
  readonly format: "nextscale-receipt";
  readonly formatVersion: 1;
  /** Program and arguments, one string each. */
  readonly command: readonly string[];
  /** Of the model that was used or made (`Checkpoint.hash`); absent when there is none. */
  readonly modelHash?: string;
  /** Absent when nothing was random. */
  readonly seed?: number;
  /** `onnxruntime-node/cpu`. */
  readonly engine: string;
  /** Times the network was evaluated for one sample, or the steps of a training. */
  readonly networkEvaluations: number;
  /**
   * What else decides the result, by name, defaults included: `{ "count": 64, "temperature": 1 }`. Absent when nothing
   * does.
   */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  /** Of this process alone. */
  readonly wallTimeMs: number;
  /**
   * Of a training that went on with what earlier processes had done: how many of the steps those took. `wallTimeMs` is the
   * time of the others.
   */
  readonly resumedAt?: number;
  /** Processors that the run could use: the time depends on them, the result does not. */
  readonly processors?: number;
  /** Of nextscale, Node and the engine, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What was written. */
  readonly outputs: readonly ReceiptOutput[];
}

/** One written file in a receipt. */
export interface ReceiptOutput {
  /** Path relative to the receipt's folder, with slashes. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

const schema: z.ZodType<Receipt> = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  command: z.array(z.string()).min(1),
  modelHash: sha256Schema.exactOptional(),
  seed: countSchema.exactOptional(),
  engine: z.string().min(1),
  networkEvaluations: countSchema,
  options: z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
  wallTimeMs: z.number().nonnegative(),
  resumedAt: countSchema.exactOptional(),
  processors: countSchema.exactOptional(),
  versions: z.record(z.string(), z.string()),
  outputs: z.array(z.strictObject({ file: z.string().min(1), bytes: countSchema, sha256: sha256Schema })).min(1),
});

/** What is known of a run: a receipt without its format. */
export type ReceiptFields = Omit<Receipt, "format" | "formatVersion">;

/**
 * Makes a receipt.
 *
 * @throws NextscaleError `invalid-argument` for a field that a receipt may not hold
 */
export function createReceipt(fields: ReceiptFields): Receipt {
  const parsed = schema.safeParse({ format: FORMAT, formatVersion: FORMAT_VERSION, ...fields });
  if (parsed.success) return parsed.data;
  throw new NextscaleError({
    code: "invalid-argument",
    where: "checkpoint/receipt",
    expected: "the fields of a receipt",
    got: describeIssues(parsed.error),
  });
}

/** The text of a receipt file. */
export function formatReceipt(receipt: Receipt): string {
  return `${JSON.stringify(receipt, null, 2)}\n`;
}

/**
 * Reads a receipt.
 *
 * @param where shown in the error's message: the file's path
 * @throws NextscaleError `invalid-file` for anything but a complete receipt of this or an earlier format version
 */
export function parseReceipt(bytes: Uint8Array, where = "checkpoint/receipt"): Receipt {
  return parseVersionedJson(bytes, where, FORMAT, FORMAT_VERSION, schema);
}

/**
 * What stands between two results being comparable: each difference in model, seed, engine, network evaluations,
 * options or versions as `engine: "onnxruntime-node/cpu" and "tfjs/wasm"`. Command, time, processors and outputs do not
 * count. Empty: the runs differ in nothing that is recorded.
 */
export function receiptDifferences(a: Receipt, b: Receipt): string[] {
  const facts = ({
    modelHash,
    seed,
    engine,
    networkEvaluations,
    options = {},
    versions,
  }: Receipt): Record<string, unknown> => ({
    modelHash,
    seed,
    engine,
    networkEvaluations,
    ...under("options", options),
    ...under("versions", versions),
  });
  const [left, right] = [facts(a), facts(b)];
  const show = (value: unknown): string => (value === undefined ? "absent" : canonicalJson(value));
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((name) => left[name] !== right[name])
    .map((name) => `${name}: ${show(left[name])} and ${show(right[name])}`);
}

function under(prefix: string, record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}.${name}`, value]));
}
