import { PAIRS } from "../pyramid/candidates.js";
import type { Capacity, Task } from "../refiner/inputs.js";
import type { LevelLogits } from "../sampling/reveal.js";

/** Answers tasks of many walks together. */
export interface Predictor {
  /** What a refiner says of a task, once the tasks of other walks are there too. */
  predict(task: Task): Promise<LevelLogits>;
  /** Runs walks, so many at a time, each to its end; results in the order of the items. */
  all<T>(items: readonly number[], walk: (item: number) => Promise<T>): Promise<T[]>;
}

interface Waiting {
  readonly task: Task;
  readonly resolve: (logits: LevelLogits) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Tasks in a run of the network, nodes and pairs of nodes in groups in all of them: more would not be faster, and a run costs the same for one task
 * as for as many as it has room for.
 */
const LARGEST = 64;
const MOST_NODES = 9 * LARGEST;
const MOST_PAIRS = 12_000;
/** Walks that are under way at the same time: enough for runs that are full at all sizes. */
const WALKS = 512;

/** Numbers of nodes and of groups that programs are made for; a program for each pair that occurs. */
const NODES = [3, 5, 9, 14, 24, 40, 64, 104, 168, 272, 440, 712, 1152, 1864, 3016, 4880, 7896];
const GROUPS = [4, 8, 16, 24, 40, 64, 104, 168, 272, 440, 712, 1152, 1864, 3016, 4880, 7896, 12776, 20672, 33448];

/** The least capacity that there is a program for and that holds a task. */
export function capacityOf({ candidates: { mass, groups } }: Task): Capacity {
  const nodes = NODES.find((size) => size >= mass.length) ?? mass.length;
  const least = GROUPS.find((size) => size >= groups.count) ?? groups.count;
  const items = Math.min(LARGEST, Math.floor(MOST_NODES / nodes), Math.floor(MOST_PAIRS / (PAIRS * least)));
  return { items: Math.max(1, items), nodes, groups: least };
}

/**
 * Gathers the tasks of walks until all of them wait, then runs them, those of one capacity together. What is said of a task does not depend on
 * the others.
 */
export function predictor(
  run: (tasks: readonly Task[], capacity: Capacity) => Promise<readonly LevelLogits[]>,
): Predictor {
  let active = 0;
  let waiting: Waiting[] = [];

  const flush = async (): Promise<void> => {
    const batch = waiting;
    waiting = [];
    const byCapacity = new Map<string, Waiting[]>();
    for (const one of batch) {
      const { nodes, groups } = capacityOf(one.task);
      const key = `${nodes}/${groups}`;
      byCapacity.set(key, [...(byCapacity.get(key) ?? []), one]);
    }
    for (const together of byCapacity.values()) {
      const capacity = capacityOf(together[0]!.task);
      for (let first = 0; first < together.length; first += capacity.items) {
        const some = together.slice(first, first + capacity.items);
        try {
          const answers = await run(some.map(({ task }) => task), capacity); // prettier-ignore
          some.forEach(({ resolve }, i) => resolve(answers[i]!));
        } catch (error) {
          for (const { reject } of some) reject(error);
        }
      }
    }
  };

  const flushWhenAllWait = (): void => {
    if (active > 0 && waiting.length === active) void flush();
  };

  return {
    predict: (task) =>
      new Promise((resolve, reject) => {
        waiting.push({ task, resolve, reject });
        flushWhenAllWait();
      }),
    async all(items, walk) {
      const results = new Array<Awaited<ReturnType<typeof walk>>>(items.length);
      let next = 0;
      const worker = async (): Promise<void> => {
        try {
          while (next < items.length) {
            const at = next++;
            results[at] = await walk(items[at]!);
          }
        } catch (error) {
          // No walk is begun after one that failed.
          next = items.length;
          throw error;
        }
      };
      const count = Math.min(WALKS, items.length);
      active += count;
      // All have ended, also when one failed: whoever called may close what they run on.
      const ends = await Promise.allSettled(
        Array.from({ length: count }, () =>
          worker().finally(() => {
            active -= 1;
            flushWhenAllWait();
          }),
        ),
      );
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      return results;
    },
  };
}
