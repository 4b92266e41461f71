import { join } from "node:path";
import { floorPredictor, FLOORS, type FloorId } from "../floors/floors.js";
import { openScorer } from "../measure/scores.js";
import { noiseOf } from "../settings.js";
import { floorRecordSchema, type FloorRecord } from "../table/records.js";
import type { Laboratory } from "./laboratory.js";
import { findRecord, requireSameStudy, writeRecord } from "./record-files.js";

/** Measures floors of a seed; what was measured before is read. */
export async function runFloors(lab: Laboratory, ids: readonly FloorId[], seed: number): Promise<FloorRecord> {
  const { study, engine, test, folder } = lab;
  const { sigma, shiftedSigma } = noiseOf(study.settings);
  const path = join(folder, `floors-seed-${seed}.json`);
  const earlier = await findRecord(path, floorRecordSchema);
  if (earlier !== undefined) requireSameStudy(path, earlier.study, study);
  let record: FloorRecord = earlier ?? { study, seed, floors: {} };
  const inputs = { ...lab.prepared(seed), components: lab.components, sigma };
  for (const id of ids.filter((one) => record.floors[one] === undefined)) {
    lab.signal?.throwIfAborted();
    const measure = async () => {
      const scorer = await openScorer<object>(engine, test, {}, await floorPredictor(id, inputs));
      try {
        return { atSigma: await scorer.score({}, sigma), atShiftedSigma: await scorer.score({}, shiftedSigma) };
      } finally {
        await scorer.close();
      }
    };
    const scores = await (FLOORS[id].kind === "trivial" ? lab.seedless(`floor ${id}`, measure) : measure());
    record = { ...record, floors: { ...record.floors, [id]: scores } };
    await writeRecord(path, record);
  }
  return record;
}
