import type { Worker } from "node:worker_threads";
import { startThread } from "@nextscale/engine/node";
import { requireOptions, within } from "@nextscale/refinement-core";
import { chemistryOn } from "../../molecule/chemistry-on.js";
import type { Chemistry } from "../../molecule/chemistry.js";
import type { Executor } from "../../molecule/executor.js";
import { closed, unavailable } from "../../molecule/open-chemistry.js";
import { without, type Answers, type Outcome, type Question } from "../../molecule/rdkit/question.js";
import { connect, type ChemistryThread } from "./connection.js";
import type { ThreadSetup } from "./protocol.js";

/** Texts in one message: a tenth of a second's work, and little to do again after a failure. */
const AT_A_TIME = 256;

/** Longest that one molecule may take: ten times what the largest does at worst. */
const PATIENCE_MS = 20_000;

/**
 * Longest that a thread may take to load RDKit or to begin: a second on an idle machine. On a busy one threads were seen to load
 * in 14 s, and to take up their first request 8 s after they had loaded.
 */
const LOADING_MS = 180_000;

/** Options of {@link openChemistryWorker}. */
export interface ChemistryWorkerOptions {
  /** Seconds after which RDKit is stopped at a molecule, 0.01 to 3600. Default: 20. */
  readonly patience?: number;
}

/**
 * Chemistry in a thread of its own. Whatever a molecule does to RDKit stays there: a thread that dies, or that gives no answer in
 * time, is replaced, the molecule it was at is tried once more alone and then reported as `failed`, and all others get their
 * answers. The thread keeps the process alive only while a call waits.
 *
 * @throws NextscaleError `engine-unavailable` when RDKit does not load, `invalid-argument` for an option outside its range
 */
export async function openChemistryWorker(options: ChemistryWorkerOptions = {}): Promise<Chemistry> {
  requireOptions("graphs/openChemistryWorker", options, { patience: within(0.01, 3600) });
  const { patience = PATIENCE_MS / 1000 } = options;
  return chemistryOn(await workerExecutor({ patienceMs: patience * 1000 }));
}

/**
 * RDKit in a thread of its own, for texts of any size.
 *
 * @param options.onThread is given every thread that is started
 * @throws NextscaleError `engine-unavailable`
 */
export async function workerExecutor(options: {
  readonly patienceMs?: number;
  readonly onThread?: (worker: Worker) => void;
}): Promise<Executor> {
  const { patienceMs = PATIENCE_MS, onThread } = options;
  const begun = new Int32Array(new SharedArrayBuffer(4));
  const start = (): Promise<ChemistryThread> => {
    const worker = startThread(import.meta.url, "./thread", { begun } satisfies ThreadSetup);
    onThread?.(worker);
    return connect(worker, begun, { loading: LOADING_MS, text: patienceMs }).catch((error: unknown) => {
      throw unavailable(error);
    });
  };
  return new WorkerExecutor(start, await start());
}

/** Requests to threads, one after the other, the next thread started when one has stopped. */
class WorkerExecutor implements Executor {
  readonly version: string;
  readonly #start: () => Promise<ChemistryThread>;
  #thread: ChemistryThread;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(start: () => Promise<ChemistryThread>, thread: ChemistryThread) {
    this.#start = start;
    this.#thread = thread;
    this.version = thread.version;
  }

  run<Q extends Question>(question: Q, texts: readonly string[]): Promise<Outcome<Answers[Q["kind"]]>[]> {
    const run = this.#last.then(async () => {
      const outcomes: Outcome<unknown>[] = [];
      for (let at = 0; at < texts.length; at += AT_A_TIME) {
        outcomes.push(...(await this.#answers(question, texts.slice(at, at + AT_A_TIME))));
      }
      return outcomes as Outcome<Answers[Q["kind"]]>[];
    });
    this.#last = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread.stop();
  }

  /** Answers about all texts, whatever the thread does: after it stopped at one, those before it and after it are asked again. */
  async #answers(question: Question, texts: readonly string[], retries = 1): Promise<readonly Outcome<unknown>[]> {
    if (texts.length === 0) return [];
    if (this.#closed) throw closed();
    const exchange = await this.#thread.ask({ question, texts });
    if ("outcomes" in exchange) return exchange.outcomes;
    await this.#restart();
    const { stoppedAt } = exchange;
    // Between two requests, as when somebody ended the thread: no text is to blame.
    if (stoppedAt < 0) {
      if (retries === 0) throw unavailable(new Error(exchange.detail));
      return this.#answers(question, texts, retries - 1);
    }
    return [
      ...(await this.#answers(question, texts.slice(0, stoppedAt))),
      await this.#secondTry(question, texts[stoppedAt]!),
      ...(await this.#answers(question, texts.slice(stoppedAt + 1))),
    ];
  }

  /** The text a thread stopped at, alone: it may have been another's fault. */
  async #secondTry(question: Question, text: string): Promise<Outcome<unknown>> {
    const exchange = await this.#thread.ask({ question, texts: [text] });
    if ("outcomes" in exchange) return exchange.outcomes[0]!;
    await this.#restart();
    return without("failed", `RDKit stopped twice: ${exchange.detail}`);
  }

  async #restart(): Promise<void> {
    if (this.#closed) throw closed();
    this.#thread = await this.#start();
  }
}
