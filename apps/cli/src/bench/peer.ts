import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What PyTorch takes for the same step, or why it was not asked or did not answer. */
export type PeerResult = PeerTimes | { readonly skipped: string };

/** What PyTorch takes for a step of one network. */
export interface PeerTimes {
  /** Version of PyTorch. */
  readonly torch: string;
  readonly threads: number;
  /** Median of a step, in milliseconds. */
  readonly stepMs: number;
  /** What half of the steps lie between. */
  readonly stepQuartiles: readonly [first: number, third: number];
}

/** In the workspace only: the program as installed from npm has no Python in it. The same from sources and `dist`. */
const SCRIPT = fileURLToPath(new URL("../../../../tools/peers/bench_torch.py", import.meta.url));

/** Runs a network of the benchmark in PyTorch, where there is one. */
export async function timePeer(
  network: string,
  threads: number,
  repeats: number,
  signal: AbortSignal,
): Promise<PeerResult> {
  if (!existsSync(SCRIPT)) return { skipped: "PyTorch is compared only in a clone of the workspace" };
  const python = process.env["NEXTSCALE_PYTHON"] || "python3";
  const args = [SCRIPT, "--network", network, "--threads", String(threads), "--repeats", String(repeats)];
  const { status, stdout, stderr } = await run(python, args, signal);
  signal.throwIfAborted();
  if (/No module named '?torch/.test(stderr)) {
    return { skipped: `${python} has no torch; NEXTSCALE_PYTHON can name another interpreter` };
  }
  if (status !== 0) return { skipped: `${python} failed: ${lastLine(stderr)}` };
  const times = readPeerTimes(stdout);
  return times ?? { skipped: `${python} ended without a result: "${lastLine(stdout).slice(0, 80)}"` };
}

/** What the script printed last; undefined when that is not its result. Libraries may print their own lines before. */
export function readPeerTimes(stdout: string): PeerTimes | undefined {
  let value: unknown;
  try {
    value = JSON.parse(lastLine(stdout));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { torch, threads, stepMs, stepQuartiles } = value as Record<keyof PeerTimes, unknown>;
  if (typeof torch !== "string" || !isNumber(threads) || !isNumber(stepMs)) return undefined;
  if (!Array.isArray(stepQuartiles) || stepQuartiles.length !== 2 || !stepQuartiles.every(isNumber)) return undefined;
  return { torch, threads, stepMs, stepQuartiles: [stepQuartiles[0]!, stepQuartiles[1]!] };
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && value > 0;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)!;
}

interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], signal: AbortSignal): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], signal });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.on("error", (error) => resolve({ status: null, stdout, stderr: error.message }));
    child.on("close", (status) => resolve({ status, stdout, stderr }));
  });
}
