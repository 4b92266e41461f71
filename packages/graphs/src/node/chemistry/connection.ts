import type { Worker } from "node:worker_threads";
import type { Outcome } from "../../molecule/rdkit/question.js";
import type { ChemistryAnswer, ChemistryRequest } from "./protocol.js";

/** What became of a request: answered, or the thread stopped at a text, or before the first (-1). */
export type Exchange =
  { readonly outcomes: readonly Outcome<unknown>[] } | { readonly stoppedAt: number; readonly detail: string };

/** A thread of RDKit. Once stopped, for whatever reason, it answers nothing any more. */
export interface ChemistryThread {
  readonly version: string;
  /** The next request must wait for it. The thread keeps the process alive only meanwhile. */
  ask(request: ChemistryRequest): Promise<Exchange>;
  /** Ends the thread; a request that waits is answered with where it was. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Connects to a thread that has just been started.
 *
 * @param begun where the thread counts, see `ThreadSetup`
 * @param patience milliseconds that loading, or beginning, and one text may take; a quarter more of the latter may pass
 * @throws an `Error` that says why RDKit does not load there
 */
export async function connect(
  worker: Worker,
  begun: Int32Array,
  patience: { readonly loading: number; readonly text: number },
): Promise<ChemistryThread> {
  let stopped: string | undefined;
  let settle: ((answer: ChemistryAnswer | undefined) => void) | undefined;
  const fail = (detail: string): void => {
    stopped ??= detail;
    settle?.(undefined);
  };
  worker.on("message", (answer: ChemistryAnswer) => settle?.(answer));
  worker.on("error", (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on("exit", (code) => fail(`its thread ended with code ${code}`));
  const stop = async (): Promise<void> => {
    await worker.terminate();
  };

  const answered = async (send: () => void): Promise<ChemistryAnswer | undefined> => {
    if (stopped !== undefined) return undefined;
    let [seen, waited] = [Atomics.load(begun, 0), 0];
    const tick = patience.text / 4;
    const watch = setInterval(() => {
      const now = Atomics.load(begun, 0);
      waited = now === seen ? waited + tick : 0;
      seen = now;
      // Before the first text it is the machine that is slow, and no text to blame.
      const limit = now === 0 ? patience.loading : patience.text;
      if (waited >= limit) fail(`no answer in ${limit / 1000} s`);
    }, tick);
    worker.ref();
    const answer = await new Promise<ChemistryAnswer | undefined>((resolve) => {
      settle = resolve;
      send();
    });
    clearInterval(watch);
    settle = undefined;
    worker.unref();
    return answer;
  };

  Atomics.store(begun, 0, 0);
  const first = await answered(() => undefined);
  if (first === undefined || !("version" in first)) {
    await stop();
    throw new Error(first !== undefined && "unavailable" in first ? first.unavailable : stopped);
  }
  return {
    version: first.version,
    async ask(request) {
      Atomics.store(begun, 0, 0);
      const answer = await answered(() => worker.postMessage(request));
      if (answer !== undefined && "outcomes" in answer) return { outcomes: answer.outcomes };
      await stop();
      return { stoppedAt: Atomics.load(begun, 0) - 1, detail: stopped ?? "no answer" };
    },
    stop,
  };
}
