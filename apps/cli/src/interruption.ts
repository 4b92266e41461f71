/** Ctrl-C, or the request of a system to end, as an AbortSignal. */
export interface Interrupts {
  readonly signal: AbortSignal;
  /** What a shell expects of a program that the signal of the system ended: 128 and its number; undefined before one. */
  exitCode(): number | undefined;
  /** Gives the signals of the system their usual meaning back. */
  stop(): void;
}

/** Signals that ask a program to stop: of a terminal, and of schedulers and containers, which wait a while before they kill. */
const ASKING = {
  SIGINT: { exitCode: 130, again: "Press Ctrl-C again" },
  SIGTERM: { exitCode: 143, again: "Send SIGTERM again" },
} as const;

/**
 * npm sends its children the Ctrl-C that the terminal has already sent them. Two within this time, in milliseconds, are
 * one key press.
 */
const SAME_KEY_PRESS = 300;

/**
 * The first Ctrl-C or SIGTERM aborts the signal, so that a command can stop in order, and says that the next one ends the process at
 * once. That needs no event loop: without a listener the system itself ends a process that is interrupted, however busy it
 * is. The first one does need it: pressed during a computation on this thread it is seen when that ends, which a second
 * one cannot hasten.
 */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const first = (signal: NodeJS.Signals) => {
    const asked = ASKING[signal as keyof typeof ASKING];
    exitCode = asked.exitCode;
    process.stderr.write(`\nStopping. ${asked.again} to stop at once.\n`);
    // Waited for here and not by a timer: work that follows the abort might keep the timer, and with it the listener, for
    // long. A signal that comes during the wait is queued for the listener and dropped with it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SAME_KEY_PRESS);
    stop();
    controller.abort();
  };
  const names = Object.keys(ASKING) as (keyof typeof ASKING)[];
  const stop = () => names.forEach((name) => process.off(name, first));
  // Not `once`, which removes its listener before it calls it: a signal in between would end the process.
  names.forEach((name) => process.on(name, first));
  return { signal: controller.signal, exitCode: () => exitCode, stop };
}
