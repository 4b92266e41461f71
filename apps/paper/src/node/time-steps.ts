import { join } from "node:path";
import type { Executable, NamedArrays } from "@nextscale/engine";
import { methodOf } from "../setup/method-of.js";
import { timingRecordSchema, type TimingRecord } from "../table/records.js";
import type { TableName } from "../table/recipe.js";
import { variantStage } from "../training/variant-stage.js";
import { variantId, type Variant } from "../variant/variant.js";
import type { Laboratory } from "./laboratory.js";
import { findRecord, requireSameStudy, writeRecord } from "./record-files.js";

/** Rounds through all variants, and steps of each in a round. The median round counts: other programs disturb single ones. */
const ROUNDS = 9;
const STEPS = 10;

/** Times the training steps of variants in turn, or reads what was measured before. */
export async function timeSteps(
  lab: Laboratory,
  table: TableName,
  variants: readonly Variant[],
): Promise<TimingRecord> {
  const path = join(lab.folder, `timing-${table}.json`);
  const earlier = await findRecord(path, timingRecordSchema);
  if (earlier !== undefined) {
    requireSameStudy(path, earlier.study, lab.study);
    return earlier;
  }
  const seed = 0;
  const timed: { readonly id: string; readonly executable: Executable; readonly rounds: number[] }[] = [];
  let inputs: NamedArrays = {};
  try {
    for (const variant of variants) {
      const method = await methodOf(variant, lab.prepared(seed));
      const { settings } = lab.study;
      const stage = variantStage({
        variant,
        method,
        digits: lab.digits.training,
        settings,
        seed,
        noise: await lab.noise(seed),
      });
      inputs = { ...stage.batches(0), sameEpoch: Float32Array.of(0) };
      const executable = await lab.engine.compile(stage.program(), { state: await stage.start() });
      timed.push({ id: variantId(variant), executable, rounds: [] });
    }
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { executable, rounds } of timed) {
        lab.signal?.throwIfAborted();
        const began = performance.now();
        for (let step = 0; step < STEPS; step++) await executable.run(inputs);
        if (round > 0) rounds.push((performance.now() - began) / STEPS);
      }
    }
  } finally {
    for (const { executable } of timed) await executable.close();
  }
  const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const millisecondsPerStep = Object.fromEntries(timed.map(({ id, rounds }) => [id, median(rounds)]));
  const record: TimingRecord = { study: lab.study, millisecondsPerStep };
  await writeRecord(path, record);
  return record;
}
