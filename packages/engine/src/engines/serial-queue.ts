/** Runs asynchronous tasks one at a time, in the order in which they were added. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** Tasks added and not yet started. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The result of `task`, once all tasks added before have settled. */
  add<T>(task: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#tail.then(() => {
      this.#waiting--;
      return task();
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
