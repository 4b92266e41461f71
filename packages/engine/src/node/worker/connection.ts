import type { Worker } from "node:worker_threads";
import { messageOf } from "../../engines/failures.js";
import { NextscaleError } from "../../errors.js";
import { OPENED, type Answer, type Request } from "./protocol.js";

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: NextscaleError) => void;
}

/**
 * Requests to a worker as promises. When the worker stops, every request that waits and every later one is rejected.
 *
 * The worker keeps the process alive only while a request waits, so a program that forgets `close` still ends.
 */
export class WorkerConnection {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #stopped: NextscaleError | null = null;
  #nextId = OPENED;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: Answer) => this.#settle(answer));
    worker.on("error", (error) => this.#stop(messageOf(error), error));
    worker.on("exit", (code) => this.#stop(`one that exited with code ${code}`));
  }

  /** Resolves when the worker has opened its engine. Must be the first call. */
  opened(): Promise<void> {
    return this.#expect();
  }

  /** The worker's answer. @throws NextscaleError what the worker threw, or `engine-failure` when it stopped */
  ask<T>(request: Request): Promise<T> {
    const answer = this.#expect<T>();
    if (this.#stopped === null) this.#worker.postMessage({ id: this.#nextId - 1, request });
    return answer;
  }

  /** Whether the worker has stopped, for whatever reason. */
  get stopped(): boolean {
    return this.#stopped !== null;
  }

  /** Ends the worker thread. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #expect<T>(): Promise<T> {
    const id = this.#nextId++;
    return new Promise<T>((resolve, reject) => {
      if (this.#stopped !== null) {
        reject(this.#stopped);
        return;
      }
      this.#pending.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#worker.ref();
    });
  }

  #settle(answer: Answer): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    this.#pending.delete(answer.id);
    if (this.#pending.size === 0) this.#worker.unref();
    if ("error" in answer) pending.reject(new NextscaleError(answer.error));
    else pending.resolve(answer.result);
  }

  #stop(got: string, cause?: unknown): void {
    this.#stopped ??= new NextscaleError({
      code: "engine-failure",
      where: "engine/worker",
      expected: "a running worker",
      got,
      cause,
      fix: "open the engine again",
    });
    const error = this.#stopped;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
