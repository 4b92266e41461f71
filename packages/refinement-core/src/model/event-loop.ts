/** An engine that computes in this thread never returns to the event loop, where timers, signals and key presses wait. */
export function untilSignalsAreSeen(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
