import type { Command } from "commander";
import { reportFailure } from "./failure.js";
import { watchInterrupts } from "./interruption.js";
import { endOnClosedOutput } from "./output.js";
import { createProgram } from "./program.js";

/** True when a word stands where a command should, and is none: commander would answer `nosuch --help` with help. */
function hasUnknownCommand(program: Command, args: readonly string[]): boolean {
  const [word] = args;
  if (word === undefined || word.startsWith("-") || program.commands.length === 0) return false;
  const found = program.commands.find((command) => command.name() === word);
  return found === undefined || hasUnknownCommand(found, args.slice(1));
}

function withoutHelp(args: readonly string[]): string[] {
  return args.filter((arg) => arg !== "-h" && arg !== "--help");
}

/**
 * Runs the program to its end and returns the exit code: 0, 1 for any failure, 130 after Ctrl-C, 143 after SIGTERM.
 *
 * @param args what follows the program's name
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  endOnClosedOutput();
  const interrupts = watchInterrupts();
  try {
    const code = await runCommandLine(args, interrupts.signal);
    // A command that was done before it saw the signal has not failed.
    return code === 0 ? code : (interrupts.exitCode() ?? code);
  } finally {
    interrupts.stop();
  }
}

/** Runs one command line and returns the exit code, without a part in the signals and streams of the process. */
export async function runCommandLine(args: readonly string[], signal: AbortSignal): Promise<number> {
  try {
    const program = createProgram({ args, signal });
    await program.parseAsync(hasUnknownCommand(program, args) ? withoutHelp(args) : [...args], { from: "user" });
    return 0;
  } catch (error) {
    return reportFailure(error, signal);
  }
}
