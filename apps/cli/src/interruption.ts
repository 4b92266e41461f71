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
 * The first Ctrl-C aborts the signal, so that a command can stop in order. From then on Node's own handling is back: the
 * second one ends the process at once, however busy it is.
 */
export function watchInterrupts(): Interrupts {
  const controller = new AbortController();
  const ignore = () => undefined;
  const first = () => {
    process.on("SIGINT", ignore);
    setTimeout(() => process.off("SIGINT", ignore), SAME_KEY_PRESS).unref();
    process.stderr.write("\nStopping. Press Ctrl-C again to stop at once.\n");
    controller.abort();
  };
  process.once("SIGINT", first);
  return { signal: controller.signal, stop: () => void process.off("SIGINT", first) };
}
