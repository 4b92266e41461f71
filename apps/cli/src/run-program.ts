import { reportFailure } from "./failure.js";
import { watchInterrupts } from "./interruption.js";
import { endQuietlyOnClosedPipe } from "./output.js";
import { createProgram } from "./program.js";

/**
 * Runs one command line to its end and returns the exit code: 0, 1 for any failure, 130 after Ctrl-C.
 *
 * @param args what follows the program's name
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  endQuietlyOnClosedPipe();
  const interrupts = watchInterrupts();
  try {
    await createProgram({ args, signal: interrupts.signal }).parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return reportFailure(error, interrupts.signal);
  } finally {
    interrupts.stop();
  }
}
