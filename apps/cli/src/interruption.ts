/** Ctrl-C as an AbortSignal. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C its usual meaning back. */
  stop(): void;
}

/**
 * npm sends its children the Ctrl-C that the terminal has already sent them. Two within this time, in milliseconds, are
 * one key press.
 */
const SAME_KEY_PRESS = 300;

/**
 * The first Ctrl-C aborts the signal, so that a command can stop in order, and says that the next one ends the process at
 * once. That needs no event loop: without a listener the system itself ends a process that is interrupted, however busy it
 * is. The first one does need it: pressed during a computation on this thread it is seen when that ends, which a second
 * one cannot hasten.
 */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  const first = () => {
    process.stderr.write("\nStopping. Press Ctrl-C again to stop at once.\n");
    // Waited for here and not by a timer: work that follows the abort might keep the timer, and with it the listener, for
    // long. A signal that comes during the wait is queued for the listener and dropped with it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SAME_KEY_PRESS);
    stop();
    controller.abort();
  };
  const stop = () => void process.off("SIGINT", first);
  // Not `once`, which removes its listener before it calls it: a signal in between would end the process.
  process.on("SIGINT", first);
  return { signal: controller.signal, stop };
}
