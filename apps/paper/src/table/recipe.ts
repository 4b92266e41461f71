import type { FloorId } from "../floors/floors.js";
import type { Variant } from "../variant/variant.js";
import type { MetricName } from "./metrics.js";
import type { Claim } from "./verdict.js";

/** A table as data: what is run, what is shown of it, and what the paper says. */
export interface Recipe {
  readonly name: TableName;
  readonly title: string;
  readonly columns: readonly MetricName[];
  readonly floors: readonly FloorId[];
  readonly paper: readonly PaperRow[];
  readonly variants: readonly Variant[];
  /** Of more variants than can be told apart in one picture: which of them are drawn together, by the ends of the files' names. */
  readonly pictures?: Readonly<Record<string, readonly Variant[]>>;
  /** Variant whose time is 1.00, in tables that show times. */
  readonly timedAgainst?: Variant;
  readonly claims: readonly Claim[];
  /** How the paper's text was read, and what cannot be as it is printed. */
  readonly notes: readonly string[];
}

/** A row as printed in the paper. */
export interface PaperRow {
  readonly label: string;
  readonly cells: Readonly<Partial<Record<MetricName, string>>>;
}

/** How times are measured, for tables that show them. */
export const TIME_NOTE =
  "Times are of training steps alone, on the batch that all variants have, by those of the first variant in the same round: the median of nine rounds with " +
  "its quartiles. Each round goes through all variants, in another order than the one before, and the first steps of a variant in a round do not count.";

/** Names of the tables. */
export const TABLE_NAMES = ["table1", "table2", "table3", "table4"] as const;

/** Name of a table. */
export type TableName = (typeof TABLE_NAMES)[number];

/** Both readings of "2-layer MLPs". */
export const DEPTHS = [1, 2] as const;

/** One hidden layer or two, for names of readings. */
export function depthName(hiddenLayers: 1 | 2): string {
  return hiddenLayers === 1 ? "1 hidden layer" : "2 hidden layers";
}
