import type { Invocation } from "../../src/invocation.js";
import { createProgram } from "../../src/program.js";

/** Runs a command line in this process, which saves the seconds that a process of its own takes, and gives what it prints. */
export async function run(
  args: readonly string[],
  signal: Invocation["signal"] = new AbortController().signal,
): Promise<string> {
  const { write } = process.stdout;
  let printed = "";
  process.stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  try {
    await createProgram({ args, signal }).parseAsync([...args], { from: "user" });
    return printed;
  } finally {
    process.stdout.write = write;
  }
}
