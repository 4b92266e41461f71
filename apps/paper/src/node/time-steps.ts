import { join } from "node:path";
import type { Executable, NamedArrays } from "@nextscale/engine";
import { methodOf } from "../setup/method-of.js";
import { timingRecordSchema, type TimingRecord } from "../table/records.js";
import type { TableName } from "../table/recipe.js";
import { variantStage } from "../training/variant-stage.js";
import { variantId, type Variant } from "../variant/variant.js";
import type { Laboratory } from "./laboratory.js";
import { findRecord, requireSameStudy, writeRecord } from "./record-files.js";
import { timedInTurn } from "./timed-in-turn.js";

/** Rounds through all variants; the first one warms up and does not count. Other programs disturb single rounds. */
const ROUNDS = 9;
/** Steps of a variant in a round, and before them steps that do not count: caches still hold what the variant before it used. */
const [STEPS, SETTLING] = [10, 2];

/** Times the training steps of variants in turn, or reads what was measured before. */
export async function timeSteps(
  lab: Laboratory,
  table: TableName,
  variants: readonly Variant[],
): Promise<TimingRecord> {
  const path = join(lab.folder, `step-times-${table}.json`);
  const earlier = await findRecord(path, timingRecordSchema);
  if (earlier !== undefined) {
    requireSameStudy(path, earlier.study, lab.study);
    return earlier;
  }
  const timed: TimedVariant[] = [];
  try {
    for (const variant of variants) timed.push(await openVariant(lab, variant));
    const times = await timedInTurn(timed, 1 + ROUNDS, async ({ executable, inputs }) => {
      lab.signal?.throwIfAborted();
      for (let step = 0; step < SETTLING; step++) await executable.run(inputs);
      const began = performance.now();
      for (let step = 0; step < STEPS; step++) await executable.run(inputs);
      return (performance.now() - began) / STEPS;
    });
    const named = timed.map(({ id }, i) => [id, times[i]!.slice(1)] as const);
    const record: TimingRecord = { study: lab.study, millisecondsPerStep: Object.fromEntries(named) };
    await writeRecord(path, record);
    return record;
  } finally {
    for (const { executable } of timed) await executable.close();
  }
}

/** A variant whose steps can be taken, always the first one. */
interface TimedVariant {
  readonly id: string;
  readonly executable: Executable;
  readonly inputs: NamedArrays;
}

async function openVariant(lab: Laboratory, variant: Variant): Promise<TimedVariant> {
  const seed = 0;
  const { settings } = lab.study;
  const method = await methodOf(variant, lab.prepared(seed));
  const noise = await lab.noise(seed);
  const stage = variantStage({ variant, method, digits: lab.digits.training, settings, seed, noise });
  const inputs = { ...stage.batches(0), sameEpoch: Float32Array.of(0) };
  const executable = await lab.engine.compile(stage.program(), { state: await stage.start() });
  return { id: variantId(variant), executable, inputs };
}
