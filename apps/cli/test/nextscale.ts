import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { runCommandLine } from "../src/run-program.js";

/* The program as its user runs it, in a process of its own or, where nothing depends on one, without its seconds here. */

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

/** Node's arguments that run the program from its sources. */
export const PROGRAM: readonly string[] = ["--import", "tsx", "--conditions=@nextscale/source", MAIN];

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in a process of its own. */
export function inOwnProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const child = spawn(process.execPath, [...PROGRAM, ...args], {
    env: { ...process.env, NEXTSCALE_DEBUG: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** Runs a command line in this process, one at a time, with the text that the streams get taken from them. */
export async function nextscale(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const texts = streams.map(() => "");
  streams.forEach((stream, i) => {
    stream.write = (text: string | Uint8Array) => {
      texts[i] += String(text);
      return true;
    };
  });
  for (const [name, value] of Object.entries({ NEXTSCALE_DEBUG: "", ...env })) vi.stubEnv(name, value);
  try {
    const status = await runCommandLine(args, new AbortController().signal);
    return { status, stdout: texts[0]!, stderr: texts[1]! };
  } finally {
    vi.unstubAllEnvs();
    streams.forEach((stream, i) => (stream.write = writes[i]!));
  }
}
